import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Execution } from '../../support/n8n/executions.mts';
import type { Settings } from '../../support/simulator/index.mts';
import { type WatchdogOptions, WatchedSite } from '../../support/e2e/watched-site.mts';

/** A site that does not give up on a busy n8n. */
const patient: Partial<Settings> = { retries: 8, autoDisableAfter: 1000 };
/** One that gives up soon on an n8n that is away. */
const impatient: Partial<Settings> = { retries: 2, autoDisableAfter: 3 };

describe('catching up with a real n8n', () => {
	let watched: WatchedSite;
	beforeAll(async () => (watched = await WatchedSite.open({ requestDetails: 'user', ...patient })));
	afterAll(async () => await watched?.close());

	/** Makes changes at the site and keeps what must be handled. */
	function author() {
		const { site } = watched.scene.site;
		const made: string[] = [];
		return {
			made,
			create(path: string): number {
				const { pageId } = site.createPage(path, { title: path });
				made.push(`created ${pageId}`);
				return pageId;
			},
			edit(pageId: number): void {
				site.editPage(pageId);
				made.push(`edited ${pageId} ${site.page(pageId).revisions.length}`);
			},
		};
	}

	async function expectHandled(made: string[]): Promise<void> {
		const wanted = [...made].sort();
		await vi.waitFor(async () => expect(await watched.handled()).toEqual(wanted), {
			timeout: 120_000,
			interval: 200,
		});
		expect(watched.messages()).toHaveLength(wanted.length);
	}

	/** Live events, an n8n that is away, and what the watchdog makes of it. */
	async function outage(name: string, options: WatchdogOptions) {
		await watched.publish(options);
		await watched.anotherRun();
		const { made, create, edit } = author();
		const before = create(`${name}_before`);
		edit(before);
		await expectHandled(made);

		await watched.scene.n8n.stop();
		Object.assign(watched.scene.site.settings, impatient);
		const during = create(`${name}_during`);
		edit(during);
		edit(before);
		edit(during);
		await watched.scene.site.idle();
		expect(watched.scene.site.webhooks()).toMatchObject([{ active: false }]);
		Object.assign(watched.scene.site.settings, patient);

		await watched.scene.n8n.start();
		await expectHandled(made);
		expect(watched.scene.site.webhooks()).toMatchObject([{ active: true }]);
		return { made, create, edit, before };
	}

	/** Takes away what the tests before have left behind. */
	async function end() {
		await watched.unpublish();
		watched.world.requests.length = 0;
		watched.world.delayMs = 0;
	}

	it('changes made while n8n was away and the webhook disabled are handled once each', async () => {
		const { made, create, edit, before } = await outage('Off', {
			everySeconds: 3,
			marginMinutes: 0,
		});
		create('Off_after');
		edit(before);
		await expectHandled(made);
		await watched.anotherRun();
		await watched.anotherRun();
		await expectHandled(made);
		expect(watched.alerts()).toEqual([
			expect.stringContaining('Expert has disabled it'),
			expect.stringContaining('Enabled again'),
		]);
		await end();
	});

	it('changes are handled once each by watchdog runs that coincide or overlap', async () => {
		// Each change takes the follow-up longer than the pause between two runs.
		watched.world.delayMs = 2_500;
		const { made } = await outage('Overlap', { everySeconds: 2, schedules: 2 });
		const { together, nested } = overlaps(await watched.runs());
		expect(together).toBeGreaterThan(0);
		expect(nested).toBeGreaterThan(0);
		await watched.anotherRun();
		await expectHandled(made);
		await end();
	});

	it.each([-30, 30])(
		'changes are handled once each when the clock of the site is %i minutes off',
		async (minutes) => {
			watched.scene.site.settings.clockSkewMs = minutes * 60_000;
			const { made, create, edit, before } = await outage(`Skew_${minutes}`, { everySeconds: 3 });
			create(`Skew_${minutes}_after`);
			edit(before);
			await expectHandled(made);
			await watched.anotherRun();
			await expectHandled(made);
			watched.scene.site.settings.clockSkewMs = 0;
			await end();
		},
	);
});

/** How many runs began with another, and how many while one of an earlier moment was busy. */
function overlaps(runs: Execution[]) {
	const times = runs.map(({ startedAt, stoppedAt }) => ({
		start: Date.parse(startedAt),
		stop: stoppedAt === null ? Infinity : Date.parse(stoppedAt),
	}));
	const pairs = times.flatMap((first) => times.map((second) => [first, second]));
	const distance = ([first, second]: typeof times) => second!.start - first!.start;
	return {
		together:
			pairs.filter((pair) => pair[0] !== pair[1] && Math.abs(distance(pair)) < 1_000).length / 2,
		nested: pairs.filter((pair) => distance(pair) >= 1_000 && pair[1]!.start < pair[0]!.stop)
			.length,
	};
}
