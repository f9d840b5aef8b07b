import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { deliver, EVENTS, openSilent, passedOn } from '../support/integration/page-published.mts';
import { ago, publishedUnseen, whileAway } from '../support/integration/recovery.mts';
import { type Scene, useScenes } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Settings, SimulatedEvent, Site } from '../support/simulator/index.mts';

useScenes();

/*
 * "Page Published (First Time)": each deed of authors at each site that there may be. One item for each page, once.
 */

/** The site as it is to be asked, and each way in which its events may come. */
interface Case {
	scene: Scene;
	site: Site;
	/** Delivers what a deed has brought about. */
	tell: (...deeds: Array<{ events: SimulatedEvent[] }>) => Promise<void>;
}

type Act = (at: Case) => Promise<void>;

/** At the top: of a thin event nobody could tell it from parents that were made with it. */
const PATH = 'Page';

/** What authors do, and how often their page comes: also where the events of each deed come in swapped order. */
const IN_ANY_ORDER: Array<[deeds: string, times: number, act: Act]> = [
	[
		'a page that is created at once comes once',
		1,
		async ({ site, tell }) => tell(site.createPage(PATH)),
	],
	[
		'a draft that is published comes once',
		1,
		async ({ site, tell }) => {
			await tell(site.createDraft(PATH));
			await tell(site.publishDraft(PATH));
		},
	],
	[
		'a draft comes once when its publication is told before its creation',
		1,
		async ({ site, tell }) => {
			const [draft, publication] = [site.createDraft(PATH), site.publishDraft(PATH)];
			await tell(publication, draft);
		},
	],
	[
		'a draft comes once when both are told after it was published',
		1,
		async ({ site, tell }) => {
			const [draft, publication] = [site.createDraft(PATH), site.publishDraft(PATH)];
			await tell(draft, publication);
		},
	],
	[
		'a page comes once when n8n is restarted between its events',
		1,
		async ({ scene, site, tell }) => {
			const { events } = site.createPage(PATH);
			for (const event of events) {
				await tell({ events: [event] });
				await scene.host.restart();
			}
		},
	],
];

const DEEDS: typeof IN_ANY_ORDER = [
	...IN_ANY_ORDER,
	['a draft does not come', 0, async ({ site, tell }) => tell(site.createDraft(PATH))],
	[
		'a draft that is edited several times and published comes once',
		1,
		async ({ site, tell }) => {
			await tell(site.createDraft(PATH));
			for (const html of ['<p>One</p>', '<p>Two</p>', '<p>Three</p>'])
				await tell(site.editDraft(PATH, { html }));
			await tell(site.publishDraft(PATH));
		},
	],
	[
		'a draft that is published after a restart comes once',
		1,
		async ({ scene, site, tell }) => {
			await tell(site.createDraft(PATH));
			await scene.host.restart();
			await tell(site.publishDraft(PATH));
		},
	],
	[
		'a page that is unpublished and published again comes once',
		1,
		async ({ site, tell }) => {
			await tell(site.createPage(PATH));
			await tell(site.unpublishPage(PATH));
			await tell(site.publishDraft(PATH));
			await tell(site.editPage(PATH));
		},
	],
	[
		'a draft that is published, unpublished and published again comes once',
		1,
		async ({ site, tell }) => {
			await tell(site.createDraft(PATH));
			for (let round = 0; round < 2; round++) {
				await tell(site.publishDraft(PATH));
				await tell(site.unpublishPage(PATH));
			}
		},
	],
	[
		'a page that was there before does not come when it is edited',
		0,
		async ({ scene, site, tell }) => {
			const { pageId } = site.createPage(PATH, { at: ago(scene, 60) });
			for (const minutes of [50, 40, 30, 20])
				await tell(site.editPage(pageId, { at: ago(scene, minutes) }));
		},
	],
	[
		'a page that was there before does not come when it is unpublished and published again',
		0,
		async ({ scene, site, tell }) => {
			const { pageId } = site.createPage(PATH, { at: ago(scene, 60) });
			site.editPage(pageId, { at: ago(scene, 50) });
			await tell(site.unpublishPage(pageId));
			await tell(site.publishDraft(pageId));
		},
	],
	[
		'a draft of a page that was there before does not come when it is published',
		0,
		async ({ scene, site, tell }) => {
			const { pageId } = site.createPage(PATH, { at: ago(scene, 60) });
			await tell(site.activateDraft(pageId));
			await tell(site.publishDraft(pageId));
		},
	],
	[
		'a draft from before that is published comes once',
		1,
		async ({ scene, site, tell }) => {
			site.createDraft(PATH, { at: ago(scene, 60) });
			await tell(site.publishDraft(PATH));
		},
	],
	[
		'a copied page does not come, nor when it is edited',
		0,
		async ({ scene, site, tell }) => {
			site.createPage('Guides/Original', { at: ago(scene, 60) });
			await tell(site.copyPage('Guides/Original', PATH, { at: ago(scene, 30) }));
			await tell(site.editPage(PATH));
		},
	],
	[
		'a restored page does not come, nor when it is edited',
		0,
		async ({ scene, site, tell }) => {
			const { pageId } = site.createPage(PATH, { at: ago(scene, 60) });
			site.deletePage(pageId, { at: ago(scene, 50) });
			await tell(site.restorePage(pageId, { at: ago(scene, 40) }));
			await tell(site.editPage(pageId));
		},
	],
];

/** All that is open of what events say and authors' deeds fire. */
const SITES: Array<[name: string, Partial<Settings>]> = [true, false].flatMap(
	(newDraftFiresPageCreate) =>
		[true, false].flatMap((createFiresContentUpdate) => {
			const fires = { newDraftFiresPageCreate, createFiresContentUpdate };
			const full = { eventBody: 'full' } as const;
			const bodies: Array<Partial<Settings>> = [
				{ eventBody: 'thin' },
				{ ...full, pageShape: 'short', eventRevisionOffset: 0, requestDetails: 'none' },
				{ ...full, pageShape: 'full', eventRevisionOffset: 1, requestDetails: 'user' },
				{ ...full, pageShape: 'short', eventRevisionOffset: 2, requestDetails: 'userId' },
			];
			return bodies.map((body): [string, Partial<Settings>] => [
				[
					`new drafts ${newDraftFiresPageCreate ? 'fire' : 'do not fire'} page_create`,
					`new pages ${createFiresContentUpdate ? 'fire' : 'do not fire'} pagecontent_update`,
					...Object.values(body),
				].join(', '),
				{ ...fires, ...body },
			]);
		}),
);

describe.each(SITES)('where %s', (name, settings) => {
	async function openCase(): Promise<Case> {
		const scene = await openSilent(settings);
		const tell: Case['tell'] = async (...deeds) =>
			await deliver(scene, ...deeds.flatMap(({ events }) => events));
		return { scene, site: scene.site.site, tell };
	}

	/** An event that names nothing, and of which nobody can tell the page, passes in any case, and gives nothing away. */
	function expectTimes(scene: Scene, times: number): void {
		const isFirst = ({ firstPublication }: IDataObject) => firstPublication === true;
		expect(passedOn(scene).filter(isFirst)).toHaveLength(times);
		const others = passedOn(scene).filter((item) => !isFirst(item));
		const unnamed = settings.eventBody === 'thin' ? others : [];
		expect(others).toEqual(unnamed);
		for (const item of unnamed) expect(item).not.toHaveProperty('page');
	}

	it.each(DEEDS)(`%s, where ${name}`, async (_deeds, times, act) => {
		const at = await openCase();
		await act(at);
		expectTimes(at.scene, times);
	});

	it.each(IN_ANY_ORDER)(
		`%s, its events in swapped order, where ${name}`,
		async (_deeds, times, act) => {
			const at = await openCase();
			const tell: Case['tell'] = async (...deeds) =>
				await at.tell(...deeds.map(({ events }) => ({ events: events.toReversed() })));
			await act({ ...at, tell });
			expectTimes(at.scene, times);
		},
	);

	it.each<[string, number, (at: Case) => Promise<() => void>]>([
		[
			'a page that is created',
			1,
			async ({ scene, site }) =>
				() =>
					void site.createPage(PATH, { at: ago(scene, 30) }),
		],
		[
			'a draft that is made and published',
			1,
			async ({ scene, site }) =>
				() => {
					site.createDraft(PATH, { at: ago(scene, 30) });
					site.publishDraft(PATH, { at: ago(scene, 20) });
				},
		],
		[
			'a known draft that is published',
			1,
			async ({ scene, site, tell }) => {
				await tell(site.createDraft(PATH, { at: ago(scene, 40) }));
				return () => void site.publishDraft(PATH, { at: ago(scene, 30) });
			},
		],
		[
			'a page that has come and is edited',
			1,
			async ({ scene, site, tell }) => {
				await tell(site.createPage(PATH, { at: ago(scene, 40) }));
				return () => void site.editPage(PATH, { at: ago(scene, 30) });
			},
		],
		[
			'a draft that is made',
			0,
			async ({ scene, site }) =>
				() =>
					void site.createDraft(PATH, { at: ago(scene, 30) }),
		],
	])(
		`%s while nothing is delivered comes as often as it should, where ${name}`,
		async (_deed, times, prepare) => {
			const parameters = { events: EVENTS, pageDetails: true };
			const scene = await publishedUnseen({ parameters, site: settings });
			const tell: Case['tell'] = async () => {
				await scene.site.idle();
				await scene.host.idle();
			};
			const deed = await prepare({ scene, site: scene.site.site, tell });
			await whileAway(scene, deed);
			const watch = await Watch.restart(scene.host);
			await watch.tick();
			await watch.anotherTick();
			expectTimes(scene, times);
		},
	);
});
