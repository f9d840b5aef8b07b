import { describe, expect, it } from 'vitest';
import type { Settings, SimulatedEvent } from './index.mts';
import { site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

/**
 * What the vendor counts as a creation, an edit and a move: see
 * docs/vendor-facts.md#drafts-and-publishing.
 */
const told = ({ events }: { events: SimulatedEvent[] }) => events.map(({ pathType }) => pathType);

async function pages(settings: Partial<Settings> = {}) {
	return (await site({ pageShape: 'full', ...settings })).site;
}

describe('a new draft', () => {
	it('is created with its first save, and edited when it is published', async () => {
		const drafts = await pages();
		const created = drafts.createDraft('A');
		expect(told(created)).toEqual(['page_create']);
		expect(elementAt(created.events, 0).xml).toContain('draft.state="unpublished"');
		expect(told(drafts.editDraft('A', { html: '<p>x</p>', title: 'B' }))).toEqual([]);
		expect(told(drafts.tagDraft('A', ['x']))).toEqual([]);
		const published = drafts.publishDraft('A');
		expect(told(published)).toEqual(['pagecontent_update']);
		expect(elementAt(published.events, 0).xml).toMatch(/draft\.state="inactive".*<revision>1</);
	});

	it('is created when it is published, where the setting says so', async () => {
		const drafts = await pages({ newDraftFiresPageCreate: false });
		expect(told(drafts.createDraft('A'))).toEqual([]);
		expect(told(drafts.publishDraft('A'))).toEqual(['page_create', 'pagecontent_update']);
	});

	it('is published in silence where the setting says so', async () => {
		const drafts = await pages({ publishFiresContentUpdate: false });
		drafts.createDraft('A');
		expect(told(drafts.publishDraft('A'))).toEqual([]);
	});
});

describe('a draft of a live page', () => {
	it('is no creation, its saves are no edits, publishing it is one', async () => {
		const drafts = await pages();
		drafts.createPage('A');
		expect(told(drafts.activateDraft('A'))).toEqual([]);
		expect(told(drafts.editDraft('A', { title: 'B' }))).toEqual([]);
		expect(told(drafts.publishDraft('A'))).toEqual([
			'pagecontent_update',
			'pagedisplayname_update',
		]);
	});

	it('tells of its saves where the setting says so', async () => {
		const drafts = await pages({ draftSavesFireContentUpdate: true });
		expect(told(drafts.createDraft('New'))).toEqual(['page_create', 'pagecontent_update']);
		expect(told(drafts.editDraft('New', { html: 'x' }))).toEqual(['pagecontent_update']);
	});
});

describe('a page that is taken out of publication', () => {
	it('is edited, becomes a draft that readers do not see, and can be published again', async () => {
		const drafts = await pages({ newDraftFiresPageCreate: false });
		const { page } = drafts.createPage('A', { html: '<p>x</p>', tags: ['t'] });
		const gone = drafts.unpublishPage('A');
		expect(told(gone)).toEqual(['pagecontent_update']);
		expect(elementAt(gone.events, 0).xml).toContain('draft.state="unpublished"');
		expect(page.draft).toMatchObject({ html: '<p>x</p>', tags: ['t'], revision: 2 });
		expect(told(drafts.publishDraft('A'))).toEqual(['pagecontent_update']);
		expect(page).toMatchObject({ draftState: 'inactive', html: '<p>x</p>', revision: 2 });
	});

	it('says nothing where the setting says so', async () => {
		const drafts = await pages({ unpublishFiresContentUpdate: false });
		drafts.createPage('A');
		expect(told(drafts.unpublishPage('A'))).toEqual([]);
	});
});

describe('tags and title', () => {
	it('alone are no edit', async () => {
		const site = await pages();
		const { page } = site.createPage('A', { html: 'x' });
		expect(told(site.tagPage('A', { add: ['t'] }))).toEqual(['pagetag_update']);
		const renamed = site.editPage('A', { title: 'New', html: page.html });
		expect(told(renamed)).toEqual(['pagedisplayname_update']);
	});

	it('are one where the setting says so', async () => {
		const site = await pages({ onlyTextIsEdit: false });
		const { page } = site.createPage('A', { html: 'x' });
		const expected = ['pagecontent_update', 'pagetag_update'];
		expect(told(site.tagPage('A', { add: ['t'] }))).toEqual(expected);
		expect(told(site.tagPage('A', { add: ['t'] }))).toEqual([]);
		const renamed = site.editPage('A', { title: 'New', html: page.html });
		expect(told(renamed)).toEqual(['pagecontent_update', 'pagedisplayname_update']);
	});
});

describe('a rename', () => {
	it('is a move where the URL goes with the title', async () => {
		const site = await pages();
		const { page } = site.createPage('Guides/First_steps');
		expect(told(site.renamePage(page, 'Next steps'))).toEqual(['page_move']);
		expect(page).toMatchObject({ path: 'Guides/Next_steps', title: 'Next steps' });
	});

	it('is a new title where the URL is of its own, or the setting says so', async () => {
		const site = await pages();
		const { page } = site.createPage('Guides/First', { title: 'First steps' });
		expect(told(site.renamePage(page, 'Next'))).toEqual(['pagedisplayname_update']);
		expect(page).toMatchObject({ path: 'Guides/First', title: 'Next' });
		const other = await pages({ renameMovesMatchingUrl: false });
		other.createPage('A');
		expect(told(other.renamePage('A', 'B'))).toEqual(['pagedisplayname_update']);
	});
});

describe('a tree that moves', () => {
	const tree = async (settings: Partial<Settings> = {}) => {
		const site = await pages({ pageShape: 'short', ...settings });
		for (const path of ['Old', 'Old/One', 'Old/One/Two']) site.createPage(path);
		return site.movePage('Old', 'New').events.map(({ xml }) => xml);
	};

	it('is one move for each page', async () => {
		const bodies = await tree();
		expect(bodies).toHaveLength(3);
		const places = bodies.map((xml) => [...xml.matchAll(/<path>(.*?)</g)].map(([, path]) => path));
		// The page, the old root, the old place.
		expect(places).toEqual([
			['New', 'Old', 'Old'],
			['New/One', 'Old', 'Old/One'],
			['New/One/Two', 'Old', 'Old/One/Two'],
		]);
		expect(bodies.every((xml) => xml.includes('cascading="true"'))).toBe(true);
	});

	it('is one move in all where the setting says so', async () => {
		expect(await tree({ moveFiresForEachSubpage: false })).toHaveLength(1);
	});
});
