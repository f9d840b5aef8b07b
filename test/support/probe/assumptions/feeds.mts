import { siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import {
	attribute,
	child,
	children,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { elementForm, formOf, knownType, NEWEST_FIRST, orderOf } from '../forms.mts';
import { OPENED } from '../steps/feeds.mts';
import {
	byResponse,
	isSuccess,
	judged,
	type Judges,
	type Seen,
	type SeenEvent,
	type Verdict,
} from '../seen.mts';

/** Steps that ask once all changes of the probe are made. */
const OWN_FEEDS = ['own-tree-events', 'own-page-events', 'own-draft-events'];

/** Statements of vendor-facts about feeds. */
export const feedJudges: Judges = {
	'event-feed': byResponse('event-feed', isSuccess),
	'feed-documents': judgeDocuments,
	'feed-order': (seen) => {
		const times = summariesIn(seen, ['own-tree-events']).map(timeOf);
		if (new Set(times).size < 2) return undefined;
		return judged(orderOf(times) === NEWEST_FIRST, orderOf(times));
	},
	'draft-feed': (seen) => judgeFeed(seen, ['own-draft-events', 'draft-feed']),
	'page-events': (seen) => judgeFeed(seen, ['own-page-events', 'page-events']),
	'user-events': (seen) => judgeFeed(seen, ['user-events']),
	'feed-ids': judgeIds,
	'site-feed': byResponse('site-feed', isSuccess),
	'page-feed': byResponse('page-feed', isSuccess),
	'user-feed': byResponse('user-feed', isSuccess),
};

function summariesIn(seen: Seen, steps: string[]): XmlElement[] {
	return steps.flatMap((step) => children(seen.root(step), 'summary'));
}

/** The events of opened summaries, each as if it had a summary of its own. */
function openedIn(seen: Seen): XmlElement[] {
	const steps = [...seen.responses.keys()].filter((step) => step.startsWith(OPENED));
	return steps.flatMap((step) =>
		children(seen.root(step), 'event').map((event): XmlElement => ({ event })),
	);
}

const eventIn = (summary: XmlElement) => child(summary, 'event');

function timeOf(summary: XmlElement): string {
	return new Date(siteTime(attribute(summary, 'datetime')) ?? 0).toISOString();
}

/** Whether it is there, and the types of its events: by the first of these steps that was made. */
function judgeFeed(seen: Seen, steps: string[]): Verdict | undefined {
	const step = steps.find((each) => seen.of(each) !== undefined);
	if (step === undefined) return undefined;
	const response = seen.of(step)!;
	const events = summariesIn(seen, [step]).map((each) => attribute(eventIn(each), 'type') ?? '');
	const types = [...new Set(events)].map(knownType).join(', ');
	return judged(isSuccess(response), `types: ${types || 'none'}`, formOf(response));
}

function judgeDocuments(seen: Seen): Verdict | undefined {
	const delivered = new Map(seen.events.map(({ xml }) => [idOf(xml), elementForm('event', xml)]));
	const verdicts = summariesIn(seen, OWN_FEEDS).flatMap((summary) => {
		const event = eventIn(summary);
		const form = delivered.get(idOf(event));
		if (event === undefined || form === undefined) return [];
		const inFeed = elementForm('event', event);
		return judged(inFeed === form, 'the same document', `in the feed: ${inFeed}`)!;
	});
	return verdicts.find(({ verdict }) => verdict !== 'holds') ?? verdicts[0];
}

const idOf = (element?: XmlElement) => attribute(element, 'id')?.toLowerCase();

/** All of a UUID of version 1 but the part that can differ within one call. */
const timeInId = (element?: XmlElement) => idOf(element)?.slice(0, 24);

type NameOf = (element: XmlElement) => string | undefined;

/** The ways in which a feed can name the event of a delivery; the first is assumed. */
const WAYS: Array<[way: string, inFeed: NameOf, ofDelivery: NameOf]> = [
	['the same ID', (summary) => idOf(eventIn(summary)), idOf],
	['the ID of the summary', idOf, idOf],
	['the same time in the ID', (summary) => timeInId(eventIn(summary)), timeInId],
];

/** Equal IDs would let recovery ask for exactly what was not delivered. */
function judgeIds(seen: Seen): Verdict | undefined {
	const summaries = [...summariesIn(seen, OWN_FEEDS), ...openedIn(seen)];
	const { events } = seen;
	if (summaries.length === 0 || events.length === 0) return undefined;
	const tried = WAYS.map(([way, inFeed, ofDelivery]) => {
		const names = new Set(summaries.map(inFeed));
		return { way, missing: events.filter(({ xml }) => !names.has(ofDelivery(xml))) };
	});
	const { way, missing } = tried.toSorted((a, b) => a.missing.length - b.missing.length)[0]!;
	const form = `${way} for ${events.length - missing.length} of ${events.length} delivered events`;
	const isExact = missing.length === 0;
	const more = isExact ? ['recovery could be exact'] : gapsIn(missing, summaries);
	return judged(isExact && way === WAYS[0]![0], [form, ...more].join('; '));
}

/** Which types a feed lacks, and whether it may have them within its summaries. */
function gapsIn(missing: SeenEvent[], summaries: XmlElement[]): string[] {
	const types = [...new Set(missing.map(({ type }) => type))].map(knownType).join(', ');
	const most = Math.max(...summaries.map((summary) => Number(attribute(summary, 'count') ?? 1)));
	const isBundled = Number.isSafeInteger(most) && most > 1;
	return [`missing: ${types}`, ...(isBundled ? [`a summary stands for up to ${most} events`] : [])];
}
