import { describe, expect, it } from 'vitest';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { whileAway } from '../support/integration/recovery.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { itemsPassedOn } from '../support/integration/host.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { openScene, PATIENT, type Scene, useScenes } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Change } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';

/*
 * n8n keeps static data in one column for a workflow. Whoever else writes there puts back what the trigger
 * has stored: another trigger the state of n8n's start, an execution that of its own start.
 */

useScenes();

type Column = { global: Record<string, { rows?: string; changes?: { known: string } }> };

/** A published workflow. */
async function published(parameters: IDataObject = {}) {
	const scene = await openScene({
		parameters: { events: ['page_create', 'page_delete'], ...parameters },
		site: { retries: 0, autoDisableAfter: 1, ...PATIENT },
	});
	await scene.host.production.publish();
	return scene;
}

/** Pages that are made and delivered; n8n has run what it was given. */
async function deliverPages({ site, host }: Scene, count: number): Promise<void> {
	for (let page = 0; page < count; page++)
		site.site.createPage(`Page_${page}_${site.deliveries.length}`);
	await site.idle();
	await host.idle();
}

/** n8n is restarted, and looks when what happened just now is a minute old. */
async function restartLater({ site, host }: Scene): Promise<void> {
	const watch = await Watch.restart(host);
	site.settings.clockSkewMs += 60_000;
	await watch.tick();
}

/** What has passed the step of the trigger, by page: how often. */
function runs({ host }: Scene): number[] {
	const pages = host.outputs.flat().map(({ page }) => (page as IDataObject).id);
	return [...new Set(pages)].map((id) => pages.filter((each) => each === id).length);
}

/** How much the column knows: deliveries, and changes. */
function stored({ host: { row } }: Scene) {
	const { global } = row.loadStaticData() as Column;
	return {
		deliveries: global[`cxoneExpert:${row.node.id}`]?.rows?.length ?? 0,
		changes: global[`cxoneExpertWatch:${row.node.id}`]?.changes?.known.length ?? 0,
	};
}

describe('a trigger beside another one that writes static data', () => {
	it('what was delivered stays in the column when another trigger has it saved, after n8n was started', async () => {
		const scene = await published();
		const watch = await Watch.restart(scene.host);
		await watch.tick();
		await deliverPages(scene, 2);
		await watch.anotherTick();
		const before = stored(scene);
		expect(before).toEqual({ deliveries: expect.any(Number), changes: expect.any(Number) });
		watch.neighbourWrites(scene.host);
		expect(stored(scene)).toEqual(before);
		expect(before.deliveries).toBeGreaterThan(0);
	});

	it('a recovered execution does not put back what others have stored meanwhile', async () => {
		const scene = await published();
		const { host } = scene;
		await whileAway(scene, () => scene.site.site.createPage('Missed'));
		host.running = async () => {
			const column = host.row.loadStaticData() as Column;
			host.row.staticData = JSON.stringify({ ...column, 'node:Counter': { count: 5 } });
		};
		await restartLater(scene);
		expect(runs(scene)).toEqual([1]);
		expect(host.row.loadStaticData()).toHaveProperty(['node:Counter'], { count: 5 });
	});
});

describe('deliveries that wait for a free place', () => {
	it('a delivery that has waited for long puts nothing back that others have stored since it came', async () => {
		const scene = await published();
		const { host, site } = scene;
		const { promise: place, resolve: free } = Promise.withResolvers<void>();
		host.slot = async () => await place;
		site.site.createPage('Waiting');
		await site.idle();
		const column = host.row.loadStaticData();
		host.row.staticData = JSON.stringify({ ...column, 'node:Counter': { count: 5 } });
		passTime(6_000);
		free();
		await host.idle();
		expect(host.row.loadStaticData()['node:Counter']).toEqual({ count: 5 });
		expect(runs(scene)).toEqual([1]);
	});
});

describe('a recovered execution that waits for a free place over a restart', () => {
	it('either it or the late delivery of its change runs, whichever begins first', async () => {
		const scene = await published();
		const { host, site } = scene;
		const missed: Change[] = [];
		await whileAway(scene, () => void missed.push(site.site.createPage('Missed')));
		host.slot = async () => await new Promise(() => {});
		void restartLater(scene);
		await waitUntil('the recovery waits', () => host.executions.length === 1);
		const row = host.executions[0]!.items.map((json) => ({ json }));
		host.abandon();
		host.slot = async () => {};
		await Watch.restart(host);
		// The step of the delivery asks the site about the page, which takes a moment.
		const { promise: moment, resolve: go } = Promise.withResolvers<void>();
		const step = host.loaded.trigger.execute;
		host.loaded.trigger.execute = async function () {
			if (this.getMode() === 'webhook') await moment;
			return await step.call(this);
		};
		expectResponse(
			await send(scene, { ...newDelivery(scene), body: missed[0]!.events[0]!.xml }),
			200,
		);
		await itemsPassedOn(host, row, 'trigger');
		go();
		await host.idle();
		expect(runs(scene)).toEqual([1]);
	});
});

describe('deliveries that wait for a free place when n8n ends', () => {
	it('each runs once: n8n starts what waited, and the recovery of it passes nothing on', async () => {
		const scene = await published();
		const { host, site } = scene;
		const waiting: Array<() => void> = [];
		host.slot = async () => await new Promise((resolve) => waiting.push(resolve));
		for (let page = 0; page < 3; page++) site.site.createPage(`Waiting_${page}`);
		await site.idle();
		expect(site.deliveries.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
		const rows: INodeExecutionData[][] = host.executions.map(({ items }) =>
			items.map((json) => ({ json })),
		);
		// Killed: what waits for its place never gets it in this process.
		host.abandon();
		host.slot = async () => {};
		const watch = await Watch.restart(host);
		// n8n starts its rows before it starts triggers.
		for (const row of rows) await itemsPassedOn(host, row, 'webhook');
		site.settings.clockSkewMs += 60_000;
		await watch.tick();
		expect(runs(scene)).toEqual([1, 1, 1]);
	});
});
