import type { IDataObject, WorkflowExecuteMode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { log } from '../support/integration/log.mts';
import { processedItems } from '../support/integration/processed.mts';
import { itemsPassedOn } from '../support/integration/run-webhook.mts';
import { openScene, type Scene, useScenes } from '../support/integration/scene.mts';

useScenes();

/*
 * A worker of queue mode runs what other processes have started: it has published nothing, takes no
 * delivery, and its static data is empty.
 */

const occurredAt = '2026-01-30T16:59:45Z';
const edited = (revision: number): IDataObject => ({
	...{ deliveryId: 'd', eventId: 'e', eventType: 'pagecontent_update', occurredAt },
	page: { id: '371', revision },
});
const recovered = (revision: number): IDataObject => ({
	...edited(revision),
	...{ eventId: `recovered:e:371:${revision}`, recovered: true },
});

/** What the trigger's own step passes on in a worker. */
async function pass(
	scene: Scene,
	item: IDataObject,
	mode: WorkflowExecuteMode = item.recovered === true ? 'trigger' : 'webhook',
): Promise<number> {
	return (await itemsPassedOn(scene.host, [{ json: item }], mode)).length;
}

async function worker(parameters: IDataObject = {}): Promise<Scene> {
	return await openScene({ parameters: { events: ['pagecontent_update'], ...parameters } });
}

describe('the step of the trigger in a worker of queue mode', () => {
	it('a change that was delivered is not recovered as well', async () => {
		processedItems();
		const scene = await worker();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(await pass(scene, recovered(4))).toBe(0);
		expect(await pass(scene, recovered(5))).toBe(1);
	});

	it('a change that was recovered is not delivered as well', async () => {
		processedItems();
		const scene = await worker();
		expect(await pass(scene, recovered(4))).toBe(1);
		expect(await pass(scene, edited(4))).toBe(0);
		expect(await pass(scene, recovered(4))).toBe(0);
	});

	it('two genuine deliveries of one change both pass', async () => {
		processedItems();
		const scene = await worker();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(await pass(scene, edited(4))).toBe(1);
	});

	it('an unsimplified event is recognised, too', async () => {
		processedItems();
		const scene = await worker({ simplify: false });
		const event = { '@datetime': occurredAt, page: { '@id': '371' }, revision: '4' };
		expect(await pass(scene, recovered(4))).toBe(1);
		expect(await pass(scene, { eventType: 'pagecontent_update', event })).toBe(0);
	});

	it('changes that come at the same moment lose no mark of each other', async () => {
		const store = processedItems();
		const scene = await worker();
		const revisions = Array.from({ length: 10 }, (_, index) => index + 1);
		await Promise.all(revisions.map(async (revision) => await pass(scene, edited(revision))));
		expect([...store.rows.values()][0]).toHaveLength(20);
	});

	it('the execution of a retry passes what has passed before', async () => {
		processedItems();
		const scene = await worker();
		await pass(scene, recovered(4));
		expect(await pass(scene, recovered(4), 'retry')).toBe(1);
	});

	it.each([
		[
			'an event that cannot be recovered',
			{ eventType: 'page_move', occurredAt, page: { id: '1' } },
		],
		['an event that names no page', { eventType: 'page_create', occurredAt }],
		['a delivery that could not be read', { unreadable: 'the document is empty' }],
	])('%s passes without a look into the store of n8n', async (_case, item: IDataObject) => {
		const store = processedItems();
		const scene = await worker();
		expect(await pass(scene, item)).toBe(1);
		expect(await pass(scene, item)).toBe(1);
		expect(store.rows.size).toBe(0);
	});

	it('nothing is asked of n8n with Recover Missed Changes off', async () => {
		const store = processedItems();
		const scene = await worker({ additionalOptions: { recoverMissedChanges: false } });
		expect(await pass(scene, edited(4))).toBe(1);
		expect(store.rows.size).toBe(0);
	});

	it('an event passes when n8n cannot say, and the log says so', async () => {
		processedItems().access = () => Promise.reject(new Error('database is down'));
		const scene = await worker();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(log.of('warn')).toEqual([expect.stringContaining('could not say')]);
	});

	it('a process that watches the webhook itself asks nothing of n8n', async () => {
		const store = processedItems();
		const scene = await worker();
		await scene.host.production.publish();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(store.rows.size).toBe(0);
	});

	it('a worker does not write static data: it would put its empty ones over all', async () => {
		processedItems();
		const scene = await worker();
		await pass(scene, recovered(4));
		expect(scene.host.row.saves).toBe(0);
	});
});
