import { describe, expect, it } from 'vitest';
import type { Settings, SimulatedEvent } from './index.mts';
import { site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

/**
 * What the vendor counts as a creation, an edit and a move: see
 * docs/vendor-facts.md#drafts-and-publishing.
 */
const firedBy = ({ events }: { events: SimulatedEvent[] }) =>
	events.map(({ pathType }) => pathType);

async function pages(settings: Partial<Settings> = {}) {
	return (await site({ pageShape: 'full', ...settings })).site;
}

describe('new drafts', () => {
	it('a new draft fires a creation when it is created and an edit when it is published', async () => {
		const drafts = await pages();
		const created = drafts.createDraft('A');
		expect(firedBy(created)).toEqual(['page_create']);
		expect(elementAt(created.events, 0).xml).toContain('draft.state="unpublished"');
		expect(firedBy(drafts.editDraft('A', { html: '<p>x</p>', title: 'B' }))).toEqual([]);
		expect(firedBy(drafts.tagDraft('A', ['x']))).toEqual([]);
		const published = drafts.publishDraft('A');
		expect(firedBy(published)).toEqual(['pagecontent_update']);
		expect(elementAt(published.events, 0).xml).toMatch(/draft\.state="inactive".*<revision>1</);
	});

	it('a new draft fires a creation when it is published, where the setting says so', async () => {
		const drafts = await pages({ newDraftFiresPageCreate: false });
		expect(firedBy(drafts.createDraft('A'))).toEqual([]);
		expect(firedBy(drafts.publishDraft('A'))).toEqual(['page_create', 'pagecontent_update']);
	});

	it('publishing a new draft fires nothing, where the setting says so', async () => {
		const drafts = await pages({ publishFiresContentUpdate: false });
		drafts.createDraft('A');
		expect(firedBy(drafts.publishDraft('A'))).toEqual([]);
	});
});

describe('drafts of a live page', () => {
	it('a draft of a live page fires events only when it is published', async () => {
		const drafts = await pages();
		drafts.createPage('A');
		expect(firedBy(drafts.activateDraft('A'))).toEqual([]);
		expect(firedBy(drafts.editDraft('A', { title: 'B' }))).toEqual([]);
		expect(firedBy(drafts.publishDraft('A'))).toEqual([
			'pagecontent_update',
			'pagedisplayname_update',
		]);
	});

	it('each save of a draft fires an edit, where the setting says so', async () => {
		const drafts = await pages({ draftSavesFireContentUpdate: true });
		expect(firedBy(drafts.createDraft('New'))).toEqual(['page_create', 'pagecontent_update']);
		expect(firedBy(drafts.editDraft('New', { html: 'x' }))).toEqual(['pagecontent_update']);
	});
});

describe('unpublishing', () => {
	it('unpublishing a page fires an edit and leaves a draft that can be published again', async () => {
		const drafts = await pages({ newDraftFiresPageCreate: false });
		const { page } = drafts.createPage('A', { html: '<p>x</p>', tags: ['t'] });
		const gone = drafts.unpublishPage('A');
		expect(firedBy(gone)).toEqual(['pagecontent_update']);
		expect(elementAt(gone.events, 0).xml).toContain('draft.state="unpublished"');
		expect(page.draft).toMatchObject({ html: '<p>x</p>', tags: ['t'], revision: 2 });
		expect(firedBy(drafts.publishDraft('A'))).toEqual(['pagecontent_update']);
		expect(page).toMatchObject({ draftState: 'inactive', html: '<p>x</p>', revision: 2 });
	});

	it('unpublishing a page fires nothing, where the setting says so', async () => {
		const drafts = await pages({ unpublishFiresContentUpdate: false });
		drafts.createPage('A');
		expect(firedBy(drafts.unpublishPage('A'))).toEqual([]);
	});
});

describe('revisions in events', () => {
	it.each([
		[0, ['1', '2']],
		[1, ['2', '3']],
		[-1, ['0', '1']],
	])('events count revisions %i higher than the API', async (eventRevisionOffset, expected) => {
		const site = await pages({ eventRevisionOffset });
		const { page, events } = site.createPage('A');
		const edits = [...events, ...site.editPage('A').events].filter(
			({ pathType }) => pathType === 'pagecontent_update',
		);
		const revisions = edits.map(({ xml }) => /<revision>(\d+)</.exec(xml)?.[1]);
		expect(revisions).toEqual(expected);
		expect(page.revision).toBe(2);
	});
});

describe('tags and title', () => {
	it('a change of tags or title alone fires no edit', async () => {
		const site = await pages();
		const { page } = site.createPage('A', { html: 'x' });
		expect(firedBy(site.tagPage('A', { add: ['t'] }))).toEqual(['pagetag_update']);
		const renamed = site.editPage('A', { title: 'New', html: page.html });
		expect(firedBy(renamed)).toEqual(['pagedisplayname_update']);
	});

	it('a change of tags or title fires an edit, where the setting says so', async () => {
		const site = await pages({ onlyTextIsEdit: false });
		const { page } = site.createPage('A', { html: 'x' });
		const expected = ['pagecontent_update', 'pagetag_update'];
		expect(firedBy(site.tagPage('A', { add: ['t'] }))).toEqual(expected);
		expect(firedBy(site.tagPage('A', { add: ['t'] }))).toEqual([]);
		const renamed = site.editPage('A', { title: 'New', html: page.html });
		expect(firedBy(renamed)).toEqual(['pagecontent_update', 'pagedisplayname_update']);
	});
});

describe('renaming', () => {
	it('renaming a page fires a move when its URL follows the title', async () => {
		const site = await pages();
		const { page } = site.createPage('Guides/First_steps');
		expect(firedBy(site.renamePage(page, 'Next steps'))).toEqual(['page_move']);
		expect(page).toMatchObject({ path: 'Guides/Next_steps', title: 'Next steps' });
	});

	it('renaming a page fires a new title when its URL differs or the setting says so', async () => {
		const site = await pages();
		const { page } = site.createPage('Guides/First', { title: 'First steps' });
		expect(firedBy(site.renamePage(page, 'Next'))).toEqual(['pagedisplayname_update']);
		expect(page).toMatchObject({ path: 'Guides/First', title: 'Next' });
		const other = await pages({ renameMovesMatchingUrl: false });
		other.createPage('A');
		expect(firedBy(other.renamePage('A', 'B'))).toEqual(['pagedisplayname_update']);
	});
});

describe('moving a tree', () => {
	const tree = async (settings: Partial<Settings> = {}) => {
		const site = await pages({ pageShape: 'short', ...settings });
		for (const path of ['Old', 'Old/One', 'Old/One/Two']) site.createPage(path);
		return site.movePage('Old', 'New').events.map(({ xml }) => xml);
	};

	it('moving a tree fires one move per page', async () => {
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

	it('moving a tree fires a single move, where the setting says so', async () => {
		expect(await tree({ moveFiresForEachSubpage: false })).toHaveLength(1);
	});
});
