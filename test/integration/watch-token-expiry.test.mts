import { expect, it, vi } from 'vitest';
import { log } from '../support/integration/log.mts';
import { openPublished, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
import { jwtUntil } from '../support/jwt.mts';

useScenes();

const DAY = 86_400_000;

/** A published workflow whose token is good for so many days. */
async function openUntil(days: number, options: SceneOptions = {}) {
	const site = { longTermTokenValidityMs: days * DAY, ...options.site };
	const scene = await openPublished({ ...options, site });
	return { ...scene, watch: await Watch.start(scene.host) };
}

type WatchedScene = Awaited<ReturnType<typeof openUntil>>;

/** A check so many days later, and what the failed executions say so far. */
async function later({ watch }: WatchedScene, days = 0): Promise<string[]> {
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * DAY });
	await watch.anotherTick();
	return watch.failures.map(({ message }) => message.replace(/, on [\d-]+$/, ''));
}

it('a token that expires makes one failed execution at 30, 7 and 1 days, with what to do', async () => {
	const scene = await openUntil(40);
	expect(await later(scene)).toEqual([]);
	expect(await later(scene, 10.5)).toEqual(['The long-term token expires in 30 days']);
	expect(await later(scene, 21)).toHaveLength(1);
	expect(await later(scene, 2)).toHaveLength(2);
	expect(await later(scene, 4)).toHaveLength(2);
	expect(await later(scene, 2)).toHaveLength(3);
	expect(await later(scene)).toEqual([
		'The long-term token expires in 30 days',
		'The long-term token expires in 7 days',
		'The long-term token expires within a day',
	]);
	for (const { description, failure } of scene.watch.failures) {
		expect(failure).toEqual({ cause: 'credential-invalid' });
		expect(description).toMatch(/^Create a new one .* in the CXone Expert API credential\.$/);
	}
	expectNoSecretIn(scene.watch.failures, scene);
	expectNoSecretInLog(scene);
});

it('a JWT that was entered as delivery token makes a failed execution of its own', async () => {
	const deliveryToken = `Bearer ${jwtUntil(Date.now() + 6.5 * DAY)}`;
	const scene = await openUntil(20, { credential: { deliveryToken } });
	expect(await later(scene)).toEqual([
		'The long-term token expires in 20 days',
		'The delivery token expires in 7 days',
	]);
});

it('no publish reports a step again, but a restart of n8n reports the last one', async () => {
	const scene = await openUntil(40);
	expect(await later(scene, 10.5)).toHaveLength(1);
	expect(await later(scene, 23)).toHaveLength(2);
	await scene.host.production.publish();
	const published = { ...scene, watch: await Watch.start(scene.host) };
	expect(await later(published)).toEqual([]);
	const restarted = { ...scene, watch: await Watch.restart(scene.host) };
	expect(await later(restarted)).toEqual(['The long-term token expires in 7 days']);
	expect(await later(restarted)).toHaveLength(1);
});

it('another token is reported again, and nothing of it is in static data', async () => {
	const tokenFor = (days: number) => ({
		deliveryToken: `Bearer ${jwtUntil(Date.now() + days * DAY)}`,
	});
	const scene = await openUntil(400, { credential: tokenFor(20) });
	const { host } = scene;
	expect(await later(scene)).toHaveLength(1);
	const { staticData } = host.row;
	const before = host.credential();
	const renew = (days: number) => {
		const credential = { ...before, ...tokenFor(days) };
		host.credential = () => credential;
	};
	renew(400);
	expect(await later(scene)).toHaveLength(1);
	renew(25);
	expect(await later(scene)).toHaveLength(2);
	renew(22);
	expect(await later(scene)).toHaveLength(3);
	expect(host.row.staticData).toBe(staticData);
});

it('a copy of n8n makes no failed execution of a token that expires', async () => {
	const scene = await openUntil(20);
	scene.host.url = 'https://staging.example.com';
	const copy = { ...scene, watch: await Watch.restart(scene.host) };
	log.lines = [];
	expect(await later(copy)).toEqual([]);
	expect(log.of('warn')).toContainEqual(expect.stringMatching(/token of .*: The long-term token expires in 20 days/));
});
