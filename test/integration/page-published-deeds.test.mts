import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { deliver, EVENTS, openSilent, passedOn } from '../support/integration/page-published.mts';
import { ago, publishedUnseen, whileAway } from '../support/integration/recovery.mts';
import { type Scene, useScenes } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Settings, SimulatedEvent, Site } from '../support/simulator/index.mts';

useScenes();

/*
 * "Page Published (First Time)": one item for each page, once, where events come in another order, where n8n is started
 * again between them, or where some are delivered and others recovered. What comes of each deed is in test/world/deeds.mts.
 * Each deed meets each value of each setting, and each pair of a body and of what is fired is met by some deed. A site
 * that fires nothing for a publication is in watch-look.test.mts.
 */

/** The site as it is to be asked, and each way in which its events may come. */
interface Case {
	scene: Scene;
	site: Site;
	/** Delivers what a deed has brought about. */
	tell: (...deeds: Array<{ events: SimulatedEvent[] }>) => Promise<void>;
	/** n8n is away for a deed, starts again and checks. */
	absence: (deed: () => unknown) => Promise<void>;
}

type Act = (at: Case) => Promise<void>;

/** At the top: of a thin event nobody could tell it from parents that were made with it. */
const PATH = 'Page';

/** Also where the events of each deed come in swapped order. */
const COMES_IN_ANY_ORDER: Record<string, Act> = {
	'a page that is created at once': async ({ site, tell }) => await tell(site.createPage(PATH)),
	'a draft that is published': async ({ site, tell }) => {
		await tell(site.createDraft(PATH));
		await tell(site.publishDraft(PATH));
	},
	'a draft whose publication is told before its creation': async ({ site, tell }) => {
		const [draft, publication] = [site.createDraft(PATH), site.publishDraft(PATH)];
		await tell(publication, draft);
	},
	'a draft of which all is told after it was published': async ({ site, tell }) =>
		await tell(site.createDraft(PATH), site.publishDraft(PATH)),
	'a page between whose events n8n is restarted': async ({ scene, site, tell }) => {
		for (const event of site.createPage(PATH).events) {
			await tell({ events: [event] });
			await scene.host.restart();
		}
	},
};

const COMES: Record<string, Act> = {
	'a draft that is published after a restart': async ({ scene, site, tell }) => {
		await tell(site.createDraft(PATH));
		await scene.host.restart();
		await tell(site.publishDraft(PATH));
	},
};

const COMES_AFTER_ABSENCE: Record<string, Act> = {
	'a known draft that is published': async ({ scene, site, tell, absence }) => {
		await tell(site.createDraft(PATH, { at: ago(scene, 40) }));
		await absence(() => site.publishDraft(PATH, { at: ago(scene, 30) }));
	},
	'a page that has come and is edited': async ({ scene, site, tell, absence }) => {
		await tell(site.createPage(PATH, { at: ago(scene, 40) }));
		await absence(() => site.editPage(PATH, { at: ago(scene, 30) }));
	},
};

type Deed = [deed: string, act: Act, open: (site: Partial<Settings>) => Promise<Case>];

const DEEDS: Deed[] = [
	...deedsOf(COMES_IN_ANY_ORDER, 'comes once', openSwapped),
	...deedsOf({ ...COMES_IN_ANY_ORDER, ...COMES }, 'comes once', openInOrder),
	...deedsOf(COMES_AFTER_ABSENCE, 'while n8n is away comes once', openUnseen),
];

function deedsOf(acts: Record<string, Act>, what: string, open: Deed[2]): Deed[] {
	const order = open === openSwapped ? ', its events in swapped order' : '';
	return Object.entries(acts).map(([name, act]) => [`${name} ${what}${order}`, act, open]);
}

async function openInOrder(settings: Partial<Settings>): Promise<Case> {
	const scene = await openSilent(settings);
	const tell: Case['tell'] = async (...deeds) =>
		await deliver(scene, ...deeds.flatMap(({ events }) => events));
	return { scene, site: scene.site.site, tell, absence: async () => {} };
}

async function openSwapped(settings: Partial<Settings>): Promise<Case> {
	const at = await openInOrder(settings);
	const tell: Case['tell'] = async (...deeds) =>
		await at.tell(...deeds.map(({ events }) => ({ events: events.toReversed() })));
	return { ...at, tell };
}

/** The site delivers by itself, until n8n is away. */
async function openUnseen(settings: Partial<Settings>): Promise<Case> {
	const parameters = { events: EVENTS, pageDetails: true };
	const scene = await publishedUnseen({ parameters, site: settings });
	const tell = async () => {
		await scene.site.idle();
		await scene.host.idle();
	};
	const absence = async (deed: () => unknown) => {
		await whileAway(scene, deed);
		const watch = await Watch.restart(scene.host);
		await watch.tick();
		await watch.anotherTick();
	};
	return { scene, site: scene.site.site, tell, absence };
}

/** All that is open of what authors' deeds fire and events say. */
const FIRED = [true, false].flatMap((newDraftFiresPageCreate) =>
	[true, false].map((createFiresContentUpdate) => ({
		newDraftFiresPageCreate,
		createFiresContentUpdate,
	})),
);
/** What the publication of a draft fires. */
const PUBLICATIONS = ['contentUpdate', 'both', 'draftPublish'] as const;
const full = { eventBody: 'full' } as const;
const BODIES: Array<Partial<Settings>> = [
	{ eventBody: 'thin' },
	{ ...full, pageShape: 'short', eventRevisionOffset: 0, requestDetails: 'none' },
	{ ...full, pageShape: 'full', eventRevisionOffset: 1, requestDetails: 'user' },
	{ ...full, pageShape: 'short', eventRevisionOffset: 2, requestDetails: 'userId' },
];

/** Each deed with all bodies and all that is fired; which meet which changes from deed to deed. */
const CASES = DEEDS.flatMap(([name, ...deed], index) =>
	BODIES.map((body, row) => {
		const fired = FIRED[(index + row) % FIRED.length]!;
		const publicationFires = PUBLICATIONS[(index + row) % PUBLICATIONS.length]!;
		const knowsDraftPublish = publicationFires !== 'contentUpdate';
		const site = [
			`publications fire ${publicationFires}`,
			`new drafts ${fired.newDraftFiresPageCreate ? 'fire' : 'do not fire'} page_create`,
			`new pages ${fired.createFiresContentUpdate ? 'fire' : 'do not fire'} pagecontent_update`,
			...Object.values(body),
		];
		return [
			`${name}, where ${site.join(', ')}`,
			{ ...fired, publicationFires, knowsDraftPublish, ...body },
			...deed,
		] as const;
	}),
);

it.each(CASES)('%s', async (_case, settings, act, open) => {
	const at = await open(settings);
	await act(at);
	const isFirst = ({ firstPublication }: IDataObject) => firstPublication === true;
	expect(passedOn(at.scene).filter(isFirst)).toHaveLength(1);
	// An event that names nothing, and of which nobody can tell the page, passes in any case, and gives nothing away.
	const others = passedOn(at.scene).filter((item) => !isFirst(item));
	const unnamed = settings.eventBody === 'thin' ? others : [];
	expect(others).toEqual(unnamed);
	for (const item of unnamed) expect(item).not.toHaveProperty('page');
});
