import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Fates, rerunInterrupted } from '../../support/chaos/fates.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';
import { withCode, databaseFile } from '../../support/n8n/settings.mts';
import { openProxied, restartBehind } from '../../support/chaos/proxied.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { Gate } from '../../support/e2e/gate.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import type { Scene, WorkflowOptions } from '../../support/e2e/scene.mts';
import { responses, underLoad, untilFelt } from '../../support/e2e/under-load.mts';

describe('when something breaks under load, a real n8n', () => {
	let stage: Awaited<ReturnType<typeof openProxied>>;
	beforeAll(async () => (stage = await openProxied(quickPatientSite, {}, withCode)));
	afterAll(async () => await stage.close());

	it('every event runs when n8n is stopped in order and started again under load', async () => {
		const { scene, proxy } = stage;
		const workflow = await publish(scene);
		const fates = await underLoad(scene, workflow, async () => {
			await restartBehind(proxy, scene, workflow, 'stop');
		});
		expectNothingLost(fates);
		// What n8n cuts off while it stops is in its list, and a retry completes it.
		expect(await rerunInterrupted(scene, workflow)).toMatchObject({ left: [] });
	});

	it('every event runs when the database of n8n is locked for a while under load', async () => {
		const { scene } = stage;
		const workflow = await publish(scene);
		// From before the first: n8n tries no write again, and leaves an execution that it has begun unfinished.
		const unlock = lock(scene.n8n.userFolder);
		onTestFinished(unlock);
		const fates = await underLoad(scene, workflow, async () => {
			await untilFelt(scene.site);
			unlock();
		});
		expectNothingLost(fates);
		expect(fates.interrupted).toEqual([]);
		const { 200: accepted, 503: later, none, ...others } = responses(fates);
		expect(accepted).toBe(fates.events);
		// The lock was felt.
		expect((later ?? 0) + (none ?? 0)).toBeGreaterThan(0);
		expect(others).toEqual({});
	});

	it('every acknowledged event runs while a workflow is unpublished and published again under load', async () => {
		const { scene } = stage;
		const workflow = await publish(scene);
		const fates = await underLoad(scene, workflow, async () => {
			await scene.client.deactivate(workflow.id);
			await sleep(1_000);
			await scene.client.activate(workflow.id);
		});
		const lastResponse = new Map(
			fates.attempts.map(({ eventId, statusCode }) => [eventId, statusCode]),
		);
		const missed = Object.groupBy(fates.lost, (event) => fateOf(lastResponse, event));
		const counts = Object.entries(missed).map(([fate, events]) => `${events?.length} ${fate}`);
		console.log(`Of ${fates.events} events the site has`, counts);
		expect(fates.lostAcknowledged).toEqual([]);
		expect(fates.unmarkedDuplicates).toEqual([]);
		expect(fates.executions).toBeGreaterThan(0);
		expect(Object.keys(missed).filter((fate) => !outsideOurReach.includes(fate))).toEqual([]);
	});

	it('an execution that a crash interrupted is listed as crashed, and a retry completes it', async () => {
		const { scene, proxy } = stage;
		const gate = await Gate.start();
		onTestFinished(async () => await gate.end());
		const code = `${gate.code} return $input.all();`;
		const workflow = await publish(scene, { code });
		const { id: eventId } = scene.site.emit('page_create');
		await scene.site.idle();
		await gate.waitForArrivals(1);
		await restartBehind(proxy, scene, workflow, 'kill');
		gate.open();
		const failed = await scene.client.failedExecutions(workflow.id);
		expect(failed).toMatchObject([{ status: 'crashed' }]);
		expect(await rerunInterrupted(scene, workflow)).toEqual({ retried: 1, left: [] });
		const retryOf = Number(failed[0]!.id);
		expect(storedRuns(scene.database, workflow.id)).toMatchObject([
			{ status: 'crashed', items: [{ eventId }] },
			{ status: 'success', items: [{ eventId }], retryOf },
		]);
	});
});

/** Unpublished at the end of the test, whatever its result: the next one counts its own events. */
async function publish(scene: Scene, options: WorkflowOptions = {}): Promise<PublishedTrigger> {
	const workflow = await scene.published({ events: ['page_create'] }, options);
	onTestFinished(async () => await scene.client.deactivate(workflow.id));
	return workflow;
}

function expectNothingLost(fates: Fates) {
	expect(fates.executions).toBeGreaterThan(0);
	expect(fates.lost).toEqual([]);
	expect(fates.unmarkedDuplicates).toEqual([]);
}

const notSent = 'not sent: the site had no webhook for them';
const routeGone = 'sent while n8n had no route for them, response 404';
const givenUp = 'given up when the webhook was removed, before they were accepted';
const outsideOurReach = [notSent, routeGone, givenUp];

/** What the site's own log says about an event that never ran. */
function fateOf(lastResponse: Map<string, number | null>, event: string): string {
	if (!lastResponse.has(event)) return notSent;
	const status = lastResponse.get(event);
	if (status === 404) return routeGone;
	return status === 503 || status === null ? givenUp : `response ${status}`;
}

/** Locks the database of n8n until the returned function is called. */
function lock(userFolder: string): () => void {
	const database = new DatabaseSync(databaseFile(userFolder), { timeout: 60_000 });
	database.exec('BEGIN EXCLUSIVE');
	return () => {
		if (database.isOpen) database.close();
	};
}
