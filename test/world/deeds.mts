import type { Settings, Site } from '../support/simulator/index.mts';

/*
 * What people do at a site, and what the workflow gets of it by each witness. The documents print from this table.
 */

/**
 * Who tells the workflow: the webhook's delivery; the recovery after deliveries failed; the hourly comparison, where an
 * event was lost although nothing failed; the polling trigger.
 */
export const WITNESSES = ['delivered', 'recovered', 'compared', 'polled'] as const;
export type Witness = (typeof WITNESSES)[number];

/** One thing that a person does to a page of their own. */
export type Act = (site: Site, page: string) => unknown;

export interface Deed {
	/** What stands there before the workflow is published. */
	given?: Act[];
	/** One after the other. Each changes the site. */
	acts: Act[];
	/** Seconds between the acts; a minute if absent. */
	pause?: number;
	/** The last act is delivered, though nothing else of the deed is. */
	isHeardAtLast?: true;
	/** Nothing else is missing at that time. */
	isAlone?: true;
	/**
	 * The events that the workflow gets, each with one of `CONDITIONS` after a comma if it depends on the site.
	 * `undefined`: nothing, and the documents say so.
	 */
	comes: Record<Witness, string[] | undefined>;
}

/** What an event may depend on, in words of the documents. */
export const CONDITIONS: Record<string, (site: Settings) => boolean> = {
	'if new pages send it': (site) => site.createFiresContentUpdate,
	'if new drafts send it': (site) => site.newDraftFiresPageCreate,
	'if new drafts do not send it': (site) => !site.newDraftFiresPageCreate,
	'if publications send an event': (site) => site.publicationFires !== 'nothing',
	'if events name the page': (site) => site.eventBody === 'full',
	'if the site was seen to send it': (site) =>
		site.createFiresContentUpdate && site.eventRevisionOffset <= 0 && site.eventBody === 'full',
};

const FIRST_TEXT = 'pagecontent_update, if new pages send it';
const SEEN_FIRST_TEXT = 'pagecontent_update, if the site was seen to send it';
const PUBLICATION = 'pagecontent_update, if publications send an event';
const FIRST_PUBLICATION = 'page_published, if publications send an event';

const nothing: Deed['comes'] = {
	delivered: undefined,
	recovered: undefined,
	compared: undefined,
	polled: undefined,
};

/** Only the webhook's delivery tells of it. */
const only = (...delivered: string[]): Deed['comes'] => ({ ...nothing, delivered });

/** All witnesses tell the same of it. */
const all = (...events: string[]): Deed['comes'] => ({
	delivered: events,
	recovered: events,
	compared: events,
	polled: events,
});

const creation: Deed['comes'] = {
	delivered: ['page_create', FIRST_TEXT, 'page_published'],
	recovered: ['page_create', SEEN_FIRST_TEXT, 'page_published'],
	compared: undefined,
	polled: ['page_create', 'page_published'],
};

const threeTimes = (...events: string[]) => [...events, ...events, ...events];

const create: Act = (site, page) => site.createPage(page, { html: '<p>Text</p>' });
const edit: Act = (site, page) => site.editPage(page);
const remove: Act = (site, page) => site.deletePage(page);
const draft: Act = (site, page) => site.createDraft(page, { html: '<p>Draft</p>' });
const publish: Act = (site, page) => site.publishDraft(page);
const beginDraft: Act = (site, page) => site.activateDraft(page);
const changeDraft: Act = (site, page) => site.editDraft(page, { html: `${Date.now()}` });
const unpublish: Act = (site, page) => site.unpublishPage(page);
const withSubpages: Act = (site, page) => {
	for (const path of [page, `${page}/One`, `${page}/One/Two`]) create(site, path);
};
/** A deleted page is known by its number only. */
const restore: Act = (site, page) => {
	const gone = [...site.pages.byId.values()].find(({ path, deleted }) => deleted && path === page);
	return site.restorePage(gone!.id);
};
const retitle: Act = (site, page) => {
	const { html, title } = site.page(page);
	return site.editPage(page, { html, title: `New ${title}` });
};

export const DEEDS: Record<string, Deed> = {
	'creates a page': { acts: [create], comes: creation },
	'creates a page, without text': {
		acts: [(site, page) => site.createPage(page)],
		comes: creation,
	},
	'creates a page, with tags': {
		acts: [(site, page) => site.createPage(page, { html: '<p>T</p>', tags: ['article:topic'] })],
		comes: creation,
	},
	'creates a page, and edits it': {
		acts: [create, edit],
		comes: {
			delivered: [...creation.delivered!, 'pagecontent_update'],
			recovered: [...creation.recovered!, 'pagecontent_update'],
			compared: ['pagecontent_update'],
			polled: ['page_create', 'pagecontent_update', 'page_published'],
		},
	},
	'imports pages': {
		acts: [(site, page) => site.bulkImport(3, { under: page })],
		comes: {
			delivered: threeTimes('page_create', FIRST_TEXT, 'page_published, if events name the page'),
			recovered: threeTimes(...creation.recovered!),
			compared: undefined,
			polled: threeTimes(...creation.polled!),
		},
	},
	'edits a page': { given: [create], acts: [edit], comes: all('pagecontent_update') },
	'edits a page, twice': {
		given: [create],
		acts: [edit, edit],
		comes: all('pagecontent_update', 'pagecontent_update'),
	},
	'edits a page, twice within a second': {
		given: [create],
		acts: [edit, edit],
		pause: 0.5,
		comes: all('pagecontent_update', 'pagecontent_update'),
	},
	'edits a page, of which a later edit arrives': {
		given: [create],
		acts: [edit, edit],
		isHeardAtLast: true,
		comes: { ...all('pagecontent_update', 'pagecontent_update'), compared: undefined },
	},
	'creates a page, of which a later edit arrives': {
		acts: [create, edit],
		isHeardAtLast: true,
		comes: {
			delivered: [...creation.delivered!, 'pagecontent_update'],
			recovered: [...creation.recovered!, 'pagecontent_update'],
			compared: undefined,
			polled: ['page_create', 'pagecontent_update', 'page_published'],
		},
	},
	'edits a page, which is the home page': {
		isAlone: true,
		acts: [(site) => site.editPage('')],
		comes: { ...all('pagecontent_update'), compared: undefined },
	},
	'changes the title of a page': {
		given: [create],
		acts: [retitle],
		comes: {
			delivered: ['pagedisplayname_update'],
			recovered: ['pagecontent_update'],
			compared: undefined,
			polled: ['pagecontent_update'],
		},
	},
	'edits a page, and its title': {
		given: [create],
		acts: [(site, page) => site.editPage(page, { title: 'Another' })],
		comes: {
			delivered: ['pagecontent_update', 'pagedisplayname_update'],
			recovered: ['pagecontent_update'],
			compared: undefined,
			polled: ['pagecontent_update'],
		},
	},
	'adds a tag': {
		given: [create],
		acts: [(site, page) => site.tagPage(page, { add: ['new'] })],
		comes: only('pagetag_update'),
	},
	'removes a tag': {
		given: [create, (site, page) => site.tagPage(page, { add: ['old'] })],
		acts: [(site, page) => site.tagPage(page, { remove: ['old'] })],
		comes: only('pagetag_update'),
	},
	'moves a page': {
		given: [create],
		acts: [(site, page) => site.movePage(page, `${page}-moved`)],
		comes: only('page_move'),
	},
	'moves a page, with subpages': {
		given: [withSubpages],
		acts: [(site, page) => site.movePage(page, `${page}-moved`)],
		comes: only('page_move', 'page_move', 'page_move'),
	},
	'copies a page': {
		given: [create],
		acts: [(site, page) => site.copyPage(page, `${page}-copy`)],
		comes: {
			delivered: ['page_copy'],
			recovered: ['page_create', SEEN_FIRST_TEXT, 'page_published'],
			compared: undefined,
			polled: ['page_create', 'page_published'],
		},
	},
	'copies a page, and edits the copy': {
		given: [create],
		acts: [(site, page) => site.copyPage(page, `${page}-copy`), (site, page) => site.editPage(`${page}-copy`)],
		comes: {
			delivered: ['page_copy', 'pagecontent_update'],
			recovered: ['page_create', SEEN_FIRST_TEXT, 'page_published', 'pagecontent_update'],
			compared: ['pagecontent_update'],
			polled: ['page_create', 'page_published', 'pagecontent_update'],
		},
	},
	'copies a page, with subpages': {
		given: [withSubpages],
		acts: [(site, page) => site.copyPage(page, `${page}-copy`, { recursive: true })],
		comes: {
			delivered: ['page_copy', 'page_copy', 'page_copy'],
			recovered: threeTimes('page_create', SEEN_FIRST_TEXT, 'page_published'),
			compared: undefined,
			polled: threeTimes('page_create', 'page_published'),
		},
	},
	'deletes a page': { given: [create], acts: [remove], comes: all('page_delete') },
	'deletes a page, with subpages': {
		given: [withSubpages],
		acts: [(site, page) => site.deletePage(page, { recursive: true })],
		comes: all('page_delete'),
	},
	'deletes a page, but not its subpages': {
		given: [withSubpages],
		acts: [remove],
		comes: {
			...all('page_delete'),
			delivered: ['page_delete', 'page_create', 'page_published'],
		},
	},
	'deletes a page, and restores it': {
		given: [create],
		acts: [remove, restore],
		comes: only('page_delete', 'page_restore'),
	},
	'restores a page': { given: [create, remove], acts: [restore], comes: only('page_restore') },
	'restores a page, and edits it': {
		given: [create, remove],
		acts: [restore, edit],
		comes: { ...all('pagecontent_update'), delivered: ['page_restore', 'pagecontent_update'] },
	},
	'creates a page, and deletes it': {
		acts: [create, remove],
		comes: {
			delivered: [...creation.delivered!, 'page_delete'],
			recovered: ['page_delete'],
			compared: ['page_delete'],
			polled: ['page_delete'],
		},
	},
	'edits a page, and deletes it': {
		given: [create],
		acts: [edit, remove],
		comes: { ...all('page_delete'), delivered: ['pagecontent_update', 'page_delete'] },
	},
	'begins a new draft': {
		acts: [draft],
		comes: only('page_create, if new drafts send it'),
	},
	'edits a draft': { given: [draft], acts: [changeDraft], comes: nothing },
	'publishes a new draft': {
		given: [draft],
		acts: [publish],
		comes: {
			delivered: ['page_create, if new drafts do not send it', PUBLICATION, FIRST_PUBLICATION],
			...{ recovered: ['pagecontent_update', 'page_published'] },
			...{ compared: ['pagecontent_update', 'page_published'] },
			...{ polled: ['pagecontent_update', 'page_published'] },
		},
	},
	'publishes a new draft, begun meanwhile': {
		acts: [draft, publish],
		comes: {
			delivered: ['page_create', PUBLICATION, FIRST_PUBLICATION],
			recovered: ['page_create', 'pagecontent_update', 'page_published'],
			compared: ['pagecontent_update', 'page_published'],
			polled: ['page_create', 'pagecontent_update', 'page_published'],
		},
	},
	'publishes a new draft, begun within a second': {
		acts: [draft, publish],
		pause: 0.5,
		comes: {
			delivered: ['page_create', PUBLICATION, FIRST_PUBLICATION],
			recovered: ['page_create', SEEN_FIRST_TEXT, 'page_published'],
			compared: undefined,
			polled: ['page_create', 'page_published'],
		},
	},
	'begins a draft of a live page': { given: [create], acts: [beginDraft], comes: nothing },
	'publishes a draft of a live page': {
		given: [create, beginDraft, changeDraft],
		acts: [publish],
		comes: { ...all('pagecontent_update'), delivered: [PUBLICATION] },
	},
	'publishes a draft of a live page, with another title': {
		given: [create, beginDraft, (site, page) => site.editDraft(page, { html: 'X', title: 'X' })],
		acts: [publish],
		comes: {
			delivered: [PUBLICATION, 'pagedisplayname_update'],
			recovered: ['pagecontent_update'],
			compared: undefined,
			polled: ['pagecontent_update'],
		},
	},
	'discards a draft': {
		given: [create, beginDraft],
		acts: [(site, page) => site.deactivateDraft(page)],
		comes: nothing,
	},
	'unpublishes a page': {
		given: [create],
		acts: [unpublish],
		comes: only('pagecontent_update'),
	},
	'unpublishes a page, and publishes it again': {
		given: [create, edit, edit],
		acts: [unpublish, publish],
		comes: { ...all('pagecontent_update'), delivered: ['pagecontent_update', PUBLICATION] },
	},
	'publishes a new draft, twice': {
		acts: [draft, changeDraft, publish, unpublish, publish],
		pause: 20,
		comes: {
			delivered: [...['page_create', 'pagecontent_update', PUBLICATION, PUBLICATION, FIRST_PUBLICATION]],
			recovered: ['page_create', 'pagecontent_update', 'pagecontent_update', 'page_published'],
			compared: ['pagecontent_update', 'pagecontent_update', 'page_published'],
			polled: ['page_create', 'pagecontent_update', 'pagecontent_update', 'page_published'],
		},
	},
	'makes a page private': {
		given: [create],
		acts: [(site, page) => site.restrictPage(page, 'Private')],
		comes: only('pagerestriction_update'),
	},
	'sets a property of a page': {
		given: [create],
		acts: [(site, page) => site.setProperty(page, 'color', 'red')],
		comes: only('pageproperty_create'),
	},
	'sets a property of a page, which has it': {
		given: [create, (site, page) => site.setProperty(page, 'color', 'red')],
		acts: [(site, page) => site.setProperty(page, 'color', 'blue')],
		comes: only('pageproperty_update'),
	},
	'removes a property of a page': {
		given: [create, (site, page) => site.setProperty(page, 'color', 'red')],
		acts: [(site, page) => site.removeProperty(page, 'color')],
		comes: only('pageproperty_delete'),
	},
	'attaches a file': {
		given: [create],
		acts: [(site, page) => site.attachFile(page, 'a.png')],
		comes: only('attachment_create'),
	},
	'attaches a file, which the page has': {
		given: [create, (site, page) => site.attachFile(page, 'a.png')],
		acts: [(site, page) => site.attachFile(page, 'a.png')],
		comes: only('attachment_update'),
	},
	'deletes a file': {
		given: [create, (site, page) => site.attachFile(page, 'a.png')],
		acts: [(site, page) => site.deleteFile(site.fileNamed(site.page(page), 'a.png')!.id)],
		comes: only('attachment_delete'),
	},
	'creates a user': {
		acts: [(site, page) => site.createUser(`user-of-${page}`)],
		comes: only('user_create'),
	},
	'changes a user': {
		given: [(site, page) => site.createUser(`user-of-${page}`)],
		acts: [(site, page) => site.updateUser(`user-of-${page}`, 'New Name')],
		comes: only('user_update'),
	},
};

/** What comes at such a site, in an order of its own. */
export function expectedOf({ comes }: Deed, witness: Witness, site: Settings): string[] {
	return (comes[witness] ?? [])
		.map((event) => event.split(', ') as [string, string?])
		.filter(([, condition]) => condition === undefined || CONDITIONS[condition]!(site))
		.map(([type]) => type)
		.toSorted();
}
