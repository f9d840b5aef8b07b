import { useScenes, type Scene } from '../support/integration/scene.mts';
import {
	subscriptionScenarios,
	addressOf,
	FOREIGN,
	hooksOf,
	openScenario,
	recordCalls,
	type RecordedCall,
	type Scenario,
} from '../support/tables/subscription-scenarios.mts';
import { expect, it } from 'vitest';
import { expectAdvice } from '../support/integration/advice.mts';
import { log } from '../support/integration/log.mts';
import { eventTypeOf } from '../support/simulator/index.mts';
import {
	type CallFault,
	expectCauseOf,
	faultAt,
	subscriptionFaults,
} from '../support/tables/faults.mts';
import { elementAt } from '../support/present.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';

useScenes();

interface Row {
	scenario: Scenario;
	call: RecordedCall;
	fault: CallFault;
}

for (const scenario of subscriptionScenarios) {
	const calls = await recordCalls(scenario);

	it(`${scenario.name} makes calls that can fail`, () => expect(calls).not.toEqual([]));

	it.each(calls.flatMap((call) => rowsOf(scenario, call)))('%s', async (_title, row) => {
		const scene = await openScenario(scenario);
		scene.site.faults.add(faultAt(row.call.position, row.fault));
		await expectOutcome(scene, row);
		scene.site.faults.clear();
		await expectHealing(scene, scenario);
	});
}

function rowsOf(scenario: Scenario, call: RecordedCall): Array<[title: string, Row]> {
	return subscriptionFaults(call).map((fault) => [
		`${scenario.name} succeeds or cleans up: call ${call.position} (${call.call}) meets ${fault.name}`,
		{ scenario, call, fault },
	]);
}

/** Done, or undone and said so: never an orphan, never a second webhook. */
async function expectOutcome(scene: Scene, { scenario, call, fault }: Row): Promise<void> {
	const before = ours(scene, scenario).length;
	const error: unknown = await scenario.act(scene).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	const left = ours(scene, scenario).length;
	if (error === undefined) {
		expect(left).toBe(scenario.registers ? 1 : 0);
		if (scenario.registers) await expectUpToDate(scene, hooksOf(scene, scenario));
		return;
	}
	expectAdvice(error, scene);
	// The site then still lists what it said was gone.
	const isGone = call.call.startsWith('DELETE') && [404, 410].includes(fault.effect.status ?? 0);
	const meetsWhoWeAre = fault.times === undefined || call.call.endsWith('/users/current');
	if (!isGone) expectCauseOf(error, fault, meetsWhoWeAre);
	for (const warning of hooksOf(scene, scenario).warnings) expectAdvice(warning, scene);
	// What lasts can keep the node from cleaning up: then it has to name what is left.
	if (fault.times !== undefined) expect(left).toBe(0);
	expect((error as Error).message.length).toBeLessThanOrEqual(330);
	const address = addressOf(scene, scenario);
	// What was there before is for the operator, what is new is for the person who publishes.
	if (left > 0) expect(told(error)).toContain(address);
	if (left > before) expect((error as Error).message).toContain(address);
	expect(left).toBeLessThanOrEqual(Math.max(1, before));
}

/** Once the site is well again everything is put right, and nobody else was ever touched. */
async function expectHealing(scene: Scene, scenario: Scenario): Promise<void> {
	const hooks = hooksOf(scene, scenario);
	await hooks.publish();
	const events = scene.host.row.node.parameters.events as string[];
	const left = ours(scene, scenario);
	expect(left).toHaveLength(1);
	const webhook = elementAt(left, 0);
	expect(webhook.active).toBe(true);
	expect(webhook.events.toSorted()).toEqual(
		events.map((event) => eventTypeOf(event).header).toSorted(),
	);
	await expectUpToDate(scene, hooks);
	if (scenario.isTest) await expectUpToDate(scene);
	await hooks.unpublish();
	expect(ours(scene, scenario)).toEqual([]);
	expect(scene.site.webhooks().filter(({ url }) => url === FOREIGN)).toEqual([
		expect.objectContaining({ id: 1, active: true, events: [] }),
	]);
}

function ours(scene: Scene, scenario: Scenario) {
	const address = addressOf(scene, scenario);
	return scene.site.webhooks().filter(({ url }) => url === address);
}

/** What the person who publishes reads, and what the operator finds in the log. */
function told(error: unknown): string {
	return [(error as Error).message, ...log.of('warn')].join('\n');
}
