import { expect, it } from 'vitest';
import { ago, came, published, whileAway } from '../support/integration/recovery.mts';
import { closeAll, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
import type { FaultEffect } from '../support/simulator/index.mts';

useScenes();

/** None of them says that there is nothing. */
const EFFECTS: Record<string, FaultEffect> = {
	'a 500': { status: 500 },
	'a connection reset': { reset: true },
	'XML with another root': { status: 200, body: 'wrongRoot' },
};

/** A page was created, another one edited and a third deleted, with one below it, while n8n was away; then it was started. */
async function openMissed(): Promise<{ scene: Scene; watch: Watch }> {
	const scene = await published();
	const { site } = scene.site;
	await whileAway(scene, () => {
		const at = (minutes: number) => ({ at: ago(scene, minutes) });
		site.createPage('Guides/Old', at(400));
		site.createPage('Guides/Gone', at(390));
		site.createPage('Guides/Gone/With_it', at(380));
		site.createPage('Guides/Fresh', at(40));
		site.editPage('Guides/Old', at(30));
		site.deletePage('Guides/Gone', { ...at(20), recursive: true });
	});
	const watch = await Watch.restart(scene.host);
	scene.site.apiCalls.length = 0;
	return { scene, watch };
}

/** What comes of it, and the calls that it takes, where nothing disturbs. */
async function undisturbed() {
	const { scene, watch } = await openMissed();
	await watch.tick();
	const calls = scene.site.apiCalls.map(({ method, path }) => `${method} ${path}`);
	const changes = came(scene);
	await closeAll();
	return { calls, changes };
}

const { calls, changes } = await undisturbed();

it('a recovery takes calls, and starts the workflow', () => {
	expect(calls.length).toBeGreaterThan(5);
	expect(changes).toHaveLength(4);
});

const rows = calls.flatMap((call, index) =>
	Object.entries(EFFECTS).map(([name, effect]): [string, number, FaultEffect] => [
		`call ${index + 1} (${call.replace('/@api/deki', '')}) meets ${name}`,
		index + 1,
		effect,
	]),
);
it.each(rows)('a recovery gives each change once when %s', async (_title, nth, effect) => {
	const { scene, watch } = await openMissed();
	scene.site.faults.add({ match: { nth, times: 1 }, effect });
	await watch.tick();
	scene.site.faults.clear();
	await watch.anotherTick();
	expect(came(scene).toSorted()).toEqual(changes.toSorted());
	expect(watch.failures.length).toBeLessThanOrEqual(1);
	expectNoSecretInLog(scene);
});
