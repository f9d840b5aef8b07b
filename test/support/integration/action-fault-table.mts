import { afterAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator/index.mts';
import {
	type ActionFault,
	afterTheWork,
	faultAt,
	faultsFor,
	mostTimes,
	SILENCE,
	unneeded,
	verdictOn,
} from './action-faults.mts';
import { type NodeOutcome, type NodeRun, outcomeOf } from './action-node.mts';
import {
	type ActionCall,
	type ActionScenario,
	actionScenarios,
	nextUser,
	openWorld,
	recordActionCalls,
	runOf,
	timesOf,
	titleOf,
	Worlds,
} from './action-scenarios.mts';
import { expectActionAdvice, expectPlainWords } from './advice.mts';
import { credentialFor } from './scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from './secrets.mts';

interface Row {
	title: string;
	scenario: ActionScenario;
	calls: ActionCall[];
}

/** Longer than any call takes, shorter than a test may wait. */
const SHORT_WAIT = 400;

/**
 * Runs each scenario with every fault at every one of its calls: something is thrown that says what
 * happened and what to do, or the table of faults says why that is no failure.
 */
export async function actionFaultTable(scenarios: ActionScenario[]): Promise<void> {
	const table: Row[] = [];
	for (const scenario of scenarios) {
		table.push({ title: titleOf(scenario), scenario, calls: await recordActionCalls(scenario) });
	}
	const worlds = new Worlds();
	afterAll(async () => await worlds.close());
	it('has no exception that nothing needs', () => expect(unneeded(table)).toEqual([]));
	describe.each(table)('$title', (row) => testsOf(row, worlds));
}

function testsOf({ scenario, calls }: Row, worlds: Worlds): void {
	const attacked = calls.filter((call) => isAttacked(scenario, call));

	it('has calls to go through', () => expect(calls.length).toBeGreaterThan(1));

	describe.each(attacked)('meets at call $position ($call)', (call) => {
		it.each(faultsFor(call))('$name', async (fault) => {
			const { thrown } = await meet({ scenario, call, fault, site: await worlds.next() });
			if (thrown !== undefined) {
				await expectOneText({ scenario, call, fault, site: await worlds.next() }, thrown);
			}
		});
	});

	it('meets silence at each of its calls', async () => {
		const silences = attacked.flatMap((call) =>
			(call.writes ? [SILENCE, afterTheWork(SILENCE)] : [SILENCE]).map(async (fault) => {
				const site = await openWorld();
				await meet({ scenario, call, fault, site }, { longestCall: SHORT_WAIT });
			}),
		);
		await Promise.all(silences);
	});
}

/** Whether the token is accepted is asked in one place for all: one scenario of a resource will do. */
function isAttacked({ resource, operation, variant }: ActionScenario, { position }: ActionCall) {
	const first = actionScenarios.find((each) => each.resource === resource)!;
	return position > 1 || (operation === first.operation && variant === first.variant);
}

interface Meeting {
	scenario: ActionScenario;
	call: ActionCall;
	fault: ActionFault;
	site: Simulator;
}

/** One run with the fault, which must come to what the table says. */
async function meet(meeting: Meeting, more: Partial<NodeRun> = {}): Promise<NodeOutcome> {
	const { scenario, call, fault, site } = meeting;
	const outcome = await runWith(meeting, more);
	const secretive = { site, host: { credential: () => credentialFor(site) } };
	const verdict = verdictOn(scenario, call, fault);
	if (verdict !== 'either') {
		expect(outcome.thrown === undefined ? 'gives' : 'throws').toBe(verdict);
	}
	if (outcome.thrown !== undefined) expectActionAdvice(outcome.thrown, secretive);
	expect(timesOf(site, call)).toBeLessThanOrEqual(mostTimes(scenario, call, fault));
	expectNoSecretIn([outcome.items, outcome.hints], secretive);
	expectNoSecretInLog(secretive);
	return outcome;
}

/** With "On Error: Continue" the same is one item, with nothing but the same words. */
async function expectOneText(meeting: Meeting, thrown: unknown): Promise<void> {
	const { items } = await runWith(meeting, { continueOnFail: true });
	const { message, description } = thrown as Error & { description: string };
	const error = `${message}. ${description}`;
	expect(items).toEqual([{ json: { error }, pairedItem: { item: 0 } }]);
	expectPlainWords(error);
}

async function runWith(meeting: Meeting, more: Partial<NodeRun>): Promise<NodeOutcome> {
	const { scenario, call, fault, site } = meeting;
	site.faults.add(faultAt(call, fault));
	const credential = { tokenUser: nextUser() };
	return await outcomeOf(site, { ...runOf(scenario, { credential }), ...more });
}
