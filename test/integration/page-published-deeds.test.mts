import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { deliver, openSilent, passedOn } from '../support/integration/page-published.mts';
import { useScenes } from '../support/integration/scene.mts';
import type { Settings, SimulatedEvent, Site } from '../support/simulator/index.mts';

useScenes();

/*
 * "Page Published (First Time)": one item for each page, once, where events come in another order, or where n8n is
 * started again between them. What comes of each deed is in test/world/deeds.mts. Each sequence meets each body and each
 * value of each setting.
 */

/** At the top: of a thin event nobody could tell it from parents that were made with it. */
const PATH = 'Page';
const RESTART = 'n8n is started again';

/** What happens at the site, and what it tells of it, in this order. */
type Sequence = (site: Site) => Iterable<SimulatedEvent[] | typeof RESTART>;

const SEQUENCES: Record<string, Sequence> = {
	*'a page whose events come in swapped order'(site) {
		yield site.createPage(PATH).events.toReversed();
	},
	*'a page between whose events n8n is restarted'(site) {
		for (const event of site.createPage(PATH).events) {
			yield [event];
			yield RESTART;
		}
	},
	*'a draft that is published after a restart'(site) {
		yield site.createDraft(PATH).events;
		yield RESTART;
		yield site.publishDraft(PATH).events;
	},
	*'a draft whose publication has its events in swapped order'(site) {
		yield site.createDraft(PATH).events;
		yield site.publishDraft(PATH).events.toReversed();
	},
	*'a draft of which all is told after it was published'(site) {
		yield [...site.createDraft(PATH).events, ...site.publishDraft(PATH).events];
	},
	*'a draft whose publication is told before its creation'(site) {
		const [draft, publication] = [site.createDraft(PATH), site.publishDraft(PATH)];
		yield [...publication.events, ...draft.events];
	},
};

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

const CASES = Object.entries(SEQUENCES).flatMap(([name, sequence], index) =>
	BODIES.map((body, row) => {
		const fired = FIRED[(index + row) % FIRED.length]!;
		const publicationFires = PUBLICATIONS[(index + row) % PUBLICATIONS.length]!;
		const knowsDraftPublish = publicationFires !== 'contentUpdate';
		const site = { ...fired, publicationFires, knowsDraftPublish, ...body };
		return [`${name} comes once, where ${JSON.stringify(site)}`, site, sequence] as const;
	}),
);

it.each(CASES)('%s', async (_case, settings, sequence) => {
	const scene = await openSilent(settings);
	for (const told of sequence(scene.site.site)) {
		if (told === RESTART) await scene.host.restart();
		else await deliver(scene, ...told);
	}
	const isFirst = ({ firstPublication }: IDataObject) => firstPublication === true;
	expect(passedOn(scene).filter(isFirst)).toHaveLength(1);
	// An event that names nothing, and of which nobody can tell the page, passes in any case, and gives nothing away.
	const others = passedOn(scene).filter((item) => !isFirst(item));
	const unnamed = settings.eventBody === 'thin' ? others : [];
	expect(others).toEqual(unnamed);
	for (const item of unnamed) expect(item).not.toHaveProperty('page');
});
