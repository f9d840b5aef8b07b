import { afterAll, describe, expect, it } from 'vitest';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import type { Simulator } from '../simulator/index.mts';
import {
	type ActionFault,
	afterTheWork,
	faultAt,
	faultsFor,
	mostTimes,
	SILENCE,
	verdictOn,
} from './support/action-faults.mts';
import { type NodeOutcome, type NodeRun, outcomeOf } from './support/action-node.mts';
import {
	type ActionCall,
	type ActionScenario,
	actionScenarios,
	recordActionCalls,
	runOf,
	timesOf,
	titleOf,
	WITHOUT_CALLS,
	Worlds,
} from './support/action-scenarios.mts';
import { expectActionAdvice, expectPlainWords } from './support/advice.mts';
import { credentialFor, useScenes } from './support/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from './support/secrets.mts';

useScenes();

const worlds = new Worlds();
afterAll(async () => await worlds.close());

/** Longer than any call takes, shorter than a test may wait. */
const SHORT_WAIT = 400;

const table: Array<{ scenario: ActionScenario; calls: ActionCall[] }> = [];
for (const scenario of actionScenarios) {
	table.push({ scenario, calls: await recordActionCalls(scenario) });
}

it('has every operation of the node', () => {
	const all = resources.flatMap(({ value, operations }) =>
		operations.map((operation) => `${value}.${operation.value}`),
	);
	const tried = actionScenarios.map(({ resource, operation }) => `${resource}.${operation}`);
	const named = [...tried, ...Object.keys(WITHOUT_CALLS)];
	expect([...new Set(named)].toSorted()).toEqual(all.toSorted());
});

describe.each(table)('$scenario.resource $scenario.operation $scenario.variant', (row) => {
	const { scenario, calls } = row;

	it('has calls to go through', () => expect(calls.length).toBeGreaterThan(1));

	describe.each(calls)('meets at call $position ($call)', (call) => {
		it.each(faultsFor(call))('$name', async (fault) => {
			const outcome = await meet(scenario, call, fault);
			await expectOneText(scenario, call, fault, outcome);
		});
	});

	it('meets silence at each of its calls', async () => {
		for (const call of calls) {
			for (const fault of call.writes ? [SILENCE, afterTheWork(SILENCE)] : [SILENCE]) {
				await meet(scenario, call, fault, { longestCall: SHORT_WAIT });
			}
		}
	});
});

/** One run with the fault, which must come to what the table says. */
async function meet(
	scenario: ActionScenario,
	call: ActionCall,
	fault: ActionFault,
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	const { site, outcome } = await runWith(scenario, call, fault, more);
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
async function expectOneText(
	scenario: ActionScenario,
	call: ActionCall,
	fault: ActionFault,
	{ thrown }: NodeOutcome,
): Promise<void> {
	if (thrown === undefined) return;
	const { outcome } = await runWith(scenario, call, fault, { continueOnFail: true });
	const { message, description } = thrown as Error & { description: string };
	expect(outcome.items).toEqual([
		{ json: { error: `${message}. ${description}` }, pairedItem: { item: 0 } },
	]);
	expectPlainWords(outcome.items![0]!.json.error);
}

async function runWith(
	scenario: ActionScenario,
	call: ActionCall,
	fault: ActionFault,
	more: Partial<NodeRun>,
): Promise<{ site: Simulator; outcome: NodeOutcome }> {
	const site = await worlds.next();
	site.faults.add(faultAt(call, fault));
	const credential = { tokenUser: worlds.nextUser() };
	return { site, outcome: await outcomeOf(site, { ...runOf(scenario, { credential }), ...more }) };
}
