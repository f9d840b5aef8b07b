import { afterAll, describe, expect, it } from 'vitest';
import { type NodeOutcome, type NodeRun, outcomeOf } from '../integration/action-node.mts';
import { expectActionAdvice, expectPlainWords } from '../integration/advice.mts';
import { credentialFor } from '../integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../integration/secrets.mts';
import type { Simulator } from '../simulator/index.mts';
import { expectationOf, maxTimes, unneeded } from './action-expectations.mts';
import {
	type ActionCall,
	type ActionScenario,
	actionScenarios,
	recordActionCalls,
	runOf,
	timesOf,
	titleOf,
	Worlds,
} from './action-scenarios.mts';
import { actionFaults, type CallFault, faultAt } from './faults.mts';

interface Row {
	scenario: ActionScenario;
	call: ActionCall;
	fault: CallFault;
}

/**
 * Runs each scenario with every fault at every one of its calls: something is thrown that says what
 * happened and what to do, or the table of exceptions says why that is no failure.
 */
export async function actionFaultTable(): Promise<void> {
	const recorded: Array<{ scenario: ActionScenario; calls: ActionCall[] }> = [];
	for (const scenario of actionScenarios) {
		recorded.push({ scenario, calls: await recordActionCalls(scenario) });
	}
	const worlds = new Worlds();
	afterAll(async () => await worlds.close());
	it('the table of faults has no unneeded exception', () => expect(unneeded(recorded)).toEqual([]));
	for (const { scenario, calls } of recorded) {
		describe(titleOf(scenario), () => testsOf(scenario, calls, worlds));
	}
}

function testsOf(scenario: ActionScenario, calls: ActionCall[], worlds: Worlds): void {
	it(`${titleOf(scenario)} makes calls that can fail`, () =>
		expect(calls.length).toBeGreaterThan(1));

	const attacked = calls.filter((call) => isAttacked(scenario, call));
	it.each(attacked.flatMap((call) => rowsOf(scenario, call)))('%s', async (_title, row) => {
		const { thrown } = await meet(row, await worlds.next());
		if (thrown !== undefined) await expectOneText(row, await worlds.next(), thrown);
	});
}

const EXPECTED = {
	gives: 'succeeds all the same',
	throws: 'says what happened and what to do',
	either: 'succeeds or says what to do',
};

function rowsOf(scenario: ActionScenario, call: ActionCall): Array<[title: string, Row]> {
	return actionFaults(call).map((fault) => {
		const expected = EXPECTED[expectationOf(scenario, call, fault)];
		const where = `call ${call.position} (${call.call}) meets ${fault.name}`;
		return [`${titleOf(scenario)} ${expected}: ${where}`, { scenario, call, fault }];
	});
}

/** Whether the token is accepted is asked in one place for all: one scenario of a resource will do. */
function isAttacked({ resource, operation, variant }: ActionScenario, { position }: ActionCall) {
	const first = actionScenarios.find((each) => each.resource === resource)!;
	return position > 1 || (operation === first.operation && variant === first.variant);
}

/** One run with the fault, which must come to what the table says. */
async function meet(row: Row, site: Simulator): Promise<NodeOutcome> {
	const { scenario, call, fault } = row;
	const outcome = await runWith(row, site);
	const secretive = { site, host: { credential: () => credentialFor(site) } };
	const expected = expectationOf(scenario, call, fault);
	if (expected !== 'either') {
		expect(outcome.thrown === undefined ? 'gives' : 'throws').toBe(expected);
	}
	if (outcome.thrown !== undefined) expectActionAdvice(outcome.thrown, secretive);
	expect(timesOf(site, call)).toBeLessThanOrEqual(maxTimes(scenario, call, fault));
	expectNoSecretIn([outcome.items, outcome.hints], secretive);
	expectNoSecretInLog(secretive);
	return outcome;
}

/** With "On Error: Continue" the same is one item, with nothing but the same words. */
async function expectOneText(row: Row, site: Simulator, thrown: unknown): Promise<void> {
	const { items } = await runWith(row, site, { continueOnFail: true });
	const { message, description } = thrown as Error & { description: string };
	const error = `${message}. ${description}`;
	expect(items).toEqual([{ json: { error }, pairedItem: { item: 0 } }]);
	expectPlainWords(error);
}

async function runWith(
	{ scenario, call, fault }: Row,
	site: Simulator,
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	site.faults.add(faultAt(call.position, fault));
	return await outcomeOf(site, { ...runOf(scenario), ...more });
}
