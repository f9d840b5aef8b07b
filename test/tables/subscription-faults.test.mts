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
import { type CallFault, expectCauseOf, faultAt, subscriptionFaults } from '../support/tables/faults.mts';
import { change } from '../support/integration/foreign.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
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
		`${scenario.name} ends well: call ${call.position} (${call.call}) meets ${fault.name}`,
		{ scenario, call, fault },
	]);
}

/** What goes wrong in a check is made good by the next one. */
const checks: Scenario[] = [
	{
		name: 'a check that registers a deleted webhook again',
		registers: true,
		prepare: async ({ site, host }) => {
			await host.production.publish();
			await change(site, 'DELETE', '2');
		},
		act: async ({ host }) => await (await Watch.start(host)).tick(),
	},
	{
		name: 'a check that adds and removes events',
		registers: true,
		prepare: async ({ site, host }) => {
			await host.production.publish();
			await change(site, 'DELETE', '2/events/page_delete');
			await change(site, 'PUT', '2/events/page_move');
		},
		attacks: ({ call }) => call.includes('/events/'),
		act: async ({ host }) => await (await Watch.start(host)).tick(),
	},
];

for (const scenario of checks) {
	const calls = await recordCalls(scenario);

	it(`${scenario.name} makes calls that can fail`, () => expect(calls).not.toEqual([]));

	it.each(calls.flatMap((call) => rowsOf(scenario, call)))('%s', async (_title, row) => {
		const scene = await openScenario(scenario);
		const watch = await Watch.start(scene.host);
		scene.site.faults.add(faultAt(row.call.position, row.fault));
		await watch.tick();
		expect(ours(scene, scenario).length).toBeLessThanOrEqual(1);
		scene.site.faults.clear();
		await watch.anotherTick();
		expect(ours(scene, scenario)).toMatchObject([{ active: true }]);
		const { events } = elementAt(ours(scene, scenario), 0);
		expect(events.toSorted()).toEqual(['Page_Create', 'Page_Delete']);
		expect(scene.site.webhooks()[0]).toMatchObject({ url: FOREIGN, active: true, events: [] });
		expect(watch.failures.length).toBeLessThanOrEqual(1);
		for (const failure of watch.failures) expectNoSecretIn(failure, scene);
		expectNoSecretInLog(scene);
	});
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
	expect(webhook.events.toSorted()).toEqual(events.map((event) => eventTypeOf(event).header).toSorted());
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
