import { describe, expect, it } from 'vitest';
import { change } from '../support/integration/foreign.mts';
import type { Scene } from '../support/integration/scene.mts';
import { useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Fault } from '../support/simulator/index.mts';
import { faultAt, subscriptionFaults } from '../support/tables/faults.mts';
import {
	FOREIGN,
	openScenario,
	recordCalls,
	type Scenario,
} from '../support/tables/subscription-scenarios.mts';

useScenes();

const tick = async ({ host }: Scene) => await (await Watch.start(host)).tick();

const scenarios: Scenario[] = [
	{
		name: 'a check that registers a deleted webhook again',
		registers: true,
		prepare: async ({ site, host }) => {
			await host.production.publish();
			await change(site, 'DELETE', '2');
		},
		act: tick,
	},
	{
		name: 'a check that enables a webhook at a site that clears events',
		registers: true,
		site: { putClearsEvents: true },
		prepare: async ({ site, host }) => {
			await host.production.publish();
			site.disableWebhook(2, '1');
		},
		attacks: ({ call }) => /\/webhooks\/\d/.test(call),
		act: tick,
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
		act: tick,
	},
];

for (const scenario of scenarios) {
	const calls = await recordCalls(scenario);
	describe(`${scenario.name}`, () => {
		it(`${scenario.name} makes calls that can fail`, () => expect(calls).not.toEqual([]));

		const rows = calls.flatMap((call) =>
			subscriptionFaults(call).map((fault): [title: string, fault: Fault] => [
				`${scenario.name} is made good by the next one: call ${call.position} (${call.call}) meets ${fault.name}`,
				faultAt(call.position, fault),
			]),
		);
		it.each(rows)('%s', async (_title, fault) => {
			const scene = await openScenario(scenario);
			const { host, site } = scene;
			const ours = () => site.webhooks().filter(({ url }) => url === host.webhookUrl);
			const watch = await Watch.start(host);
			site.faults.add(fault);
			await watch.tick();
			expect(ours().length).toBeLessThanOrEqual(1);
			site.faults.clear();
			await watch.anotherTick();
			expect(ours()).toMatchObject([{ active: true }]);
			expect(ours()[0]!.events.toSorted()).toEqual(['Page_Create', 'Page_Delete']);
			expect(site.webhooks()[0]).toMatchObject({ url: FOREIGN, active: true, events: [] });
			expect(watch.failures.length).toBeLessThanOrEqual(1);
			for (const failure of watch.failures) expectNoSecretIn(failure, scene);
			expectNoSecretInLog(scene);
		});
	});
}
