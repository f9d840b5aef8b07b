import type { IDataObject } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import { newDelivery, send, expectResponse } from '../support/integration/delivery.mts';
import {
	ago,
	came,
	published,
	publishedUnseen,
	whileAway,
} from '../support/integration/recovery.mts';
import { type Scene, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Change } from '../support/simulator/index.mts';

useScenes();

/*
 * What the vendor leaves open, and recovery has to hold under each reading: how events count revisions, which
 * events a new page makes, and which a draft.
 */

/** What the site has sent is there, and has run. */
async function calm({ site, host }: Scene): Promise<void> {
	await site.idle();
	await host.idle();
}

/** The events of a change, as Expert delivers them after all. */
async function deliverLate(scene: Scene, { events }: Change): Promise<void> {
	for (const { xml } of events)
		expectResponse(await send(scene, { ...newDelivery(scene), body: xml }), 200);
	await scene.host.idle();
}

const counted = new Map([
	[0, 'the same revisions in events'],
	[1, 'revisions one higher in events'],
	[-1, 'revisions one lower in events'],
]);
const readings = [...counted].flatMap(([eventRevisionOffset, count]) => [
	{ eventRevisionOffset, createFiresContentUpdate: true, reading: `${count}, two for a new page` },
	{ eventRevisionOffset, createFiresContentUpdate: false, reading: `${count}, one for a new page` },
]);

describe.each(readings)(
	'recovery with $reading',
	({ reading, eventRevisionOffset, createFiresContentUpdate }) => {
		let scene: Scene;
		beforeEach(async () => {
			const site = { eventRevisionOffset, createFiresContentUpdate };
			scene = await publishedUnseen({ site });
		});
		/** A page that was created and edited, both delivered. */
		async function delivered(minutes: number): Promise<number> {
			const { pageId } = scene.site.site.createPage('Delivered', { at: ago(scene, minutes) });
			scene.site.site.editPage(pageId, { at: ago(scene, minutes - 1) });
			await calm(scene);
			return pageId;
		}

		it(`an edit that follows a recovered one is delivered (${reading})`, async () => {
			const { site } = scene.site;
			const page = await delivered(100);
			await whileAway(scene, () => site.editPage(page, { at: ago(scene, 20) }));
			await (await Watch.restart(scene.host)).tick();
			const before = came(scene).length;
			site.editPage(page, { at: ago(scene, 1) });
			await calm(scene);
			expect(came(scene).slice(before)).toEqual([
				`pagecontent_update ${page} ${4 + eventRevisionOffset}`,
			]);
		});

		it(`the first text of a page is not recovered before the site has sent one (${reading})`, async () => {
			let id = 0;
			await whileAway(scene, () => {
				id = scene.site.site.createPage('Missed', { at: ago(scene, 30) }).pageId;
			});
			await (await Watch.restart(scene.host)).tick();
			expect(came(scene)).toEqual([`+ page_create ${id}`]);
		});
	},
);

describe('recovery of the first text of a page', () => {
	/** A page that was delivered, and one that was missed after a restart. */
	async function missedAfterDelivered(options: SceneOptions): Promise<string[]> {
		const scene = await publishedUnseen(options);
		const { site } = scene.site;
		site.createPage('Delivered', { at: ago(scene, 100) });
		await calm(scene);
		await Watch.restart(scene.host);
		const before = came(scene).length;
		await whileAway(scene, () => site.createPage('Missed', { at: ago(scene, 30) }));
		await (await Watch.restart(scene.host)).tick();
		return came(scene).slice(before);
	}

	it('a workflow for edits alone gets the first text of a missed page where the site has sent one', async () => {
		const parameters = { events: ['pagecontent_update'] };
		expect(await missedAfterDelivered({ parameters })).toEqual([
			expect.stringMatching(/^\+ pagecontent_update \d+ 1$/),
		]);
	});

	it('a new page that nobody has asked for does not show that the site sends first texts', async () => {
		const parameters = { events: ['pagecontent_update'] };
		const scene = await publishedUnseen({ parameters, site: { createFiresContentUpdate: false } });
		const subject = { page: { id: 9999, path: 'Elsewhere/New' } };
		const delivery = newDelivery(scene, { type: 'page_create', subject, at: ago(scene, 100) });
		expectResponse(await send(scene, delivery), 200);
		await whileAway(scene, () => scene.site.site.createPage('Missed', { at: ago(scene, 30) }));
		await (await Watch.restart(scene.host)).tick();
		expect(came(scene)).toEqual([]);
	});

	it.each([true, false])(
		'the published draft of a site that sends no first texts is not taken for one (a new draft fires Page Created: %s)',
		async (newDraftFiresPageCreate) => {
			for (const events of [['pagecontent_update'], ['page_create', 'pagecontent_update']]) {
				const site = { createFiresContentUpdate: false, newDraftFiresPageCreate };
				const scene = await publishedUnseen({ parameters: { events }, site });
				const { site: pages } = scene.site;
				pages.createDraft('Draft', { at: ago(scene, 100) });
				pages.publishDraft('Draft', { at: ago(scene, 50) });
				await calm(scene);
				const before = came(scene).length;
				let id = 0;
				await whileAway(scene, () => {
					id = pages.createPage('Missed', { at: ago(scene, 30) }).pageId;
				});
				await (await Watch.restart(scene.host)).tick();
				expect(came(scene).slice(before)).not.toContain(`+ pagecontent_update ${id} 1`);
			}
		},
	);
});

describe('recovery of edits that are close together', () => {
	it('an edit that is delivered late runs although the recovery of the one before was left out', async () => {
		const scene = await published();
		const { host, site } = scene;
		const { pageId } = site.site.createPage('Page', { at: ago(scene, 8) });
		await calm(scene);
		const column = host.row.staticData;
		const at = ago(scene, 3);
		site.site.editPage(pageId, { at });
		await calm(scene);
		// A neighbour puts back what was stored before.
		host.row.staticData = column;
		const late: Change[] = [];
		const second = new Date(at.getTime() + 1000);
		await whileAway(scene, () => void late.push(site.site.editPage(pageId, { at: second })));
		await (await Watch.restart(host)).tick();
		await deliverLate(scene, late[0]!);
		const passedOn = host.outputs.flat().map(({ page }) => (page as IDataObject).revision);
		expect(passedOn.filter((revision) => revision === 3)).toHaveLength(1);
	});
});

describe('recovery of drafts', () => {
	const skipDrafts = { filters: { skipDrafts: true } };

	it.each([
		['', {}],
		[', with Skip Drafts', skipDrafts],
	])(
		'a draft is not recovered as created, and its publication is delivered%s',
		async (_case, parameters) => {
			const scene = await publishedUnseen({
				parameters: { events: ['page_create'], ...parameters },
				site: { newDraftFiresPageCreate: false },
			});
			const { site } = scene.site;
			const { pageId } = site.createDraft('Draft', { at: ago(scene, 5) });
			await (await Watch.restart(scene.host)).tick();
			expect(came(scene)).toEqual([]);
			site.publishDraft('Draft');
			await calm(scene);
			expect(came(scene)).toEqual([`page_create ${pageId}`]);
			expect(scene.host.outputs.flat()).toHaveLength(1);
		},
	);
});
