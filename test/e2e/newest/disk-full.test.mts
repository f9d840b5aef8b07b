import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { fates, silentlyLost } from '../../support/chaos/fates.mts';
import { startLoad } from '../../support/chaos/load.mts';
import { quickPatientSite } from '../../support/chaos/patient-site.mts';
import { openProxied, restartBehind } from '../../support/chaos/proxied.mts';
import { databaseFile } from '../../support/n8n/settings.mts';
import { SmallDisk } from '../../support/e2e/small-disk.mts';
import { DELIVERY_TIMEOUT, responses, untilFelt } from '../../support/e2e/under-load.mts';

const CALM_MS = 2_000;

it('every event runs in the end when the disk of a real n8n is full for a while', async ({
	skip,
}) => {
	const disk = await SmallDisk.mount(64).catch((error: Error) =>
		skip(`A disk to fill cannot be mounted here, that takes root: ${error.message}`),
	);
	const { scene, proxy, close } = await openProxied(quickPatientSite, {
		userFolder: join(disk.folder, 'n8n'),
	});
	try {
		const workflow = await scene.published({ events: ['page_create'] });
		const load = startLoad(scene.site, 2);
		await sleep(CALM_MS);
		giveBackSpareSpace(scene.n8n.userFolder);
		await disk.fill();
		await untilFelt(scene.site);
		await sleep(CALM_MS);
		await disk.free();
		await sleep(CALM_MS);
		const { events } = load.stop();
		await scene.site.idle(DELIVERY_TIMEOUT);
		// They ran, but the full disk could not take their end: n8n shows them as running.
		const endless = workflow.openRuns().filter(({ status }) => status === 'running');
		// Now n8n also runs what it had written and could not begin.
		await restartBehind(proxy, scene, workflow, 'stop');
		await workflow.settled(undefined, endless);
		const found = fates(scene, workflow, events);
		const { 200: accepted, 503: later, none, ...others } = responses(found);
		console.log('The site was told', responses(found));
		expect(accepted).toBe(found.events);
		// It was felt that the disk was full.
		expect((later ?? 0) + (none ?? 0)).toBeGreaterThan(0);
		expect(others).toEqual({});
		expect(silentlyLost(found, scene.n8n.log)).toEqual([]);
		expect(found.unmarkedDuplicates).toEqual([]);
	} finally {
		await close();
		await disk.unmount();
	}
});

/** SQLite keeps a few megabytes in its journal for writes to come; without them it needs the disk. */
function giveBackSpareSpace(userFolder: string) {
	const database = new DatabaseSync(databaseFile(userFolder), { timeout: 10_000 });
	database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
}
