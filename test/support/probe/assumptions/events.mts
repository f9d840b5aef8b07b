import { siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import {
	attribute,
	child,
	children,
	textOf,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { DELIVERY_HEADERS } from '../../../../nodes/CxoneExpert/event/delivery-headers.ts';
import { readTimestamp } from '../../../../nodes/CxoneExpert/shared/signature.ts';
import { code, elementForm, kindOf, namesIn } from '../forms.mts';
import { candidatesOf, GIVEN, type Signing, signingOf } from './keys.mts';
import {
	either,
	judged,
	notSeen,
	type Seen,
	type SeenEvent,
	type Verdict,
	type Assumptions,
} from '../seen.mts';

/** `mt-epoch` counts from here: docs/vendor-facts.md#event-document. */
const MT_EPOCH_MS = 633_398_400_000;

/** Media types that are shown as they are. */
const CONTENT_TYPE = /^(text|application)\/xml(; ?charset="?utf-8"?)?$/i;

/** What vendor-facts says of events and deliveries, below its headings. */
export const eventAssumptions: Assumptions = {
	'authorization-header-of-deliveries': {
		'The header is this stored text.': {
			'delivery-authorization': ({ deliveries, own }) => {
				const [first] = deliveries;
				if (first === undefined) return undefined;
				const { authorization } = first.headers;
				if (authorization === own.authorization) return judged(true, 'the registered text');
				return judged(false, authorization === undefined ? 'no such header' : 'another text');
			},
		},
	},
	'signing-secret': {
		'NiCE names it to the customer, who enters it in the credential.': { 'signing-key': judgeKey },
	},
	'event-types': {
		'From the XML type drop the dots, turn the colon into an underscore.': {
			'type-by-rule': (seen) => {
				const pairs = seen.events.map(({ xml, delivery }) => [
					attribute(xml, 'type') ?? '',
					delivery.headers[DELIVERY_HEADERS.eventType] ?? '',
				]);
				if (pairs.length === 0) return undefined;
				const wrong = pairs.filter(([xml, header]) => byRule(xml!) !== header!.toLowerCase());
				return judged(wrong.length === 0, `types: ${shownTypes(seen.events)}`);
			},
		},
	},
	'drafts-and-publishing': {
		'Webhooks count alike.': {
			'event-of-new-draft': (seen) => byTypes(seen, 'draft-create', ['page_create']),
			'event-of-draft-edit': (seen) => byTypes(seen, 'draft-edit', []),
			'event-of-publication': (seen) => byTypes(seen, 'draft-publish', ['pagecontent_update']),
			'event-of-draft-of-page': (seen) => byTypes(seen, 'draft-activate', []),
			'event-of-edit': (seen) => byTypes(seen, 'edit-xml', ['pagecontent_update']),
			'event-of-tags': (seen) => byTypes(seen, 'tags-without-system', ['pagetag_update']),
			'event-of-move': (seen) => byTypes(seen, 'move', Array<string>(4).fill('page_move')),
		},
		'The first publication of a page is its revision 1, or the page was seen as a draft.': {
			'first-publication': (seen) => {
				const page = seen.root('published-page', 'page');
				if (page === undefined) return undefined;
				const revision = attribute(page, 'revision');
				const form = revision === undefined ? 'no revision' : `revision ${Number(revision)}`;
				return either(revision === '1', form);
			},
		},
		'A page that was unpublished is `unpublished` again.': {
			'state-of-unpublished': 'no call of the API unpublishes a page',
		},
		'No page gets the number of another one.': {
			'number-of-page': 'only a site that is restored from a backup could',
		},
	},
	'event-document': {
		"`event/@id`, `request/@id`: UUIDs of version 1; the event id's time equals `datetime`, UTC in seconds":
			{
				'event-id': byEvent(({ xml }) => {
					const ids = [attribute(xml, 'id'), attribute(child(xml, 'request'), 'id')];
					const kinds = ids.map((id) => kindOf(id ?? ''));
					const distance = Math.abs(timeOfUuid(ids[0] ?? '') - (siteTime(timeOf(xml)) ?? 0));
					const isSame = kinds[0] === 'uuid v1' && distance <= 1000;
					const form = `${kinds.join(', ')}; ${isSame ? 'the same time' : 'another time'}; datetime: ${kindOf(timeOf(xml))}`;
					return judged(isSame && kinds[1] === 'uuid v1', form);
				}),
			},
		'`@mt-epoch`: milliseconds since 1990-01-27T00:00:00Z (computed): unix ms − 633398400000': {
			'mt-epoch': byEvent(({ xml }) => {
				const epoch = attribute(xml, 'mt-epoch');
				const at = siteTime(timeOf(xml));
				if (epoch === undefined || at === undefined) return judged(false, 'no such attribute');
				const isSame = Math.abs(Number(epoch) + MT_EPOCH_MS - at) <= 1000;
				return judged(isSame, isSame ? 'the time of the event' : `another ${kindOf(epoch)}`);
			}),
		},
		'`@wikiid`: the site. `@version`: 5 in 2026, 3 in 2017: the schema changes': {
			'event-version': byEvent(({ xml }) => {
				const version = attribute(xml, 'version') ?? '';
				const shown = /^\d{1,3}$/.test(version) ? version : kindOf(version);
				return judged(version === '5', `version ${shown}`);
			}),
		},
		'`request`: the API call behind the event, the `seq`th of its `count` (assumed); `request/signature`: method and path pattern':
			{ 'request-of-event': judgeRequests },
		'Whether a delivery names page, user and file, what `request` says of the caller, and the shape of `page`: either.':
			{
				'event-names-page': byEvent(({ xml }) => {
					const page = child(xml, 'page');
					const form = page ? elementForm('page', page) : `event: ${shownNames(xml)}`;
					return either(attribute(page, 'id') !== undefined, form);
				}, 'page'),
				'event-names-file': byEvent(({ xml }) => {
					const file = child(xml, 'file');
					const form = file ? elementForm('file', file) : `event: ${shownNames(xml)}`;
					return either(attribute(file, 'id') !== undefined, form);
				}, 'attachment'),
				'request-names-caller': byEvent(({ xml }) => {
					const request = child(xml, 'request') ?? {};
					const usual = ['@id', '@seq', '@count', 'signature'];
					const more = namesIn(request).filter((name) => !usual.includes(name));
					return either(more.length === 0, elementForm('request', request));
				}),
				'shape-of-page': byEvent(({ xml }) => {
					const page = child(xml, 'page');
					if (page === undefined) return undefined;
					const isShort = !('title' in page) && !('@guid' in page);
					return either(isShort, isShort ? 'short' : 'full');
				}, 'page'),
			},
		'`page/@revision` is 0 in every short sample; an edit names the new revision beside the page.':
			{
				'revision-in-page': byEvent(({ xml }) => {
					const revision = attribute(child(xml, 'page'), 'revision');
					if (revision === undefined) return undefined;
					return judged(revision === '0', revision === '0' ? '0' : 'another number');
				}, 'page'),
				'revision-beside-page': byEvent(({ xml }) => {
					const revision = textOf(xml, 'revision');
					return either(revision !== undefined, `revision: ${kindOf(revision ?? '')}`);
				}, 'pagecontent_update'),
			},
		'Several events may come as `<events>`, children in any order.': {
			'root-of-delivery': ({ deliveries }) => {
				const [first] = deliveries;
				if (first === undefined) return undefined;
				if (!('events' in first.message)) return judged(false, 'no event that can be read');
				const root = /<(events?)[\s>]/.exec(first.message.rawXml)?.[1] ?? '';
				return either(root === 'event', `\`<${root}>\``);
			},
			'order-in-event': byEvent(({ xml }) => {
				const names = namesIn(xml).filter((name) => !name.startsWith('@'));
				return either(names[0] === 'request', code(names.join(', ')));
			}),
		},
	},
	'users-in-events': {
		'Page events alike.': {
			'user-in-event': (seen) => {
				const [user] = seen.events.flatMap(({ xml }) =>
					[xml, child(xml, 'request')].flatMap((parent) => children(parent, 'user')),
				);
				if (user === undefined) return undefined;
				const hasName = ['nick', 'username', 'fullname', 'email'].some((name) => name in user);
				return judged(!hasName, elementForm('user', user));
			},
		},
	},
	'event-families': {
		'Families without a sample are like their nearest relative: `page:restore` like `page:delete`, other attachment events `file` and `page`, `user:*` a `user` with an id, `page.content:contentreuseupdate` and `page.contenttype:update` `page` only.':
			{
				'file-event': byEvent(({ xml }) => {
					const isAlike = ['file', 'page'].every((name) => child(xml, name) !== undefined);
					return judged(isAlike, elementForm('event', withoutAttributes(xml)));
				}, 'attachment_create'),
				'property-event': byEvent(({ xml }) => {
					const property = child(xml, 'property');
					const isAlike = ['id', 'name'].every((name) => textOf(property, name) !== undefined);
					return judged(isAlike && 'page' in xml, elementForm('event', withoutAttributes(xml)));
				}, 'pageproperty_update'),
				'other-events': 'the probe restores nothing, makes no users and reuses no content',
			},
	},
	'delivery-request': {
		"`POST` to the webhook's URL, `Content-Type: text/xml`, with `Authorization`, `X-Nexus-Signature-256: sha256=…`, `X-Nexus-Timestamp`, `X-Nexus-Event-Type: Page_Create` and `X-Nexus-Delivery-Id`.":
			{ 'delivery-headers': judgeHeaders },
	},
	signature: {
		'`timestamp` is the literal text of `X-Nexus-Timestamp`, `payload` the exact bytes, the digest lower-case.':
			{
				'signed-text': (seen) => {
					const signing = signingIn(seen);
					if (signing === undefined) return noKey(seen);
					const isAssumed = signing.text === '{timestamp}.{payload}';
					return judged(isAssumed && signing.digest === 'lower-case hex', formOfSigning(signing));
				},
			},
	},
	timestamp: {
		'Seconds; above 1e11 milliseconds.': {
			'timestamp-unit': (seen) => {
				const [first] = seen.deliveries;
				const text = first?.headers[DELIVERY_HEADERS.timestamp];
				if (first === undefined || text === undefined) return undefined;
				const at = readTimestamp(text) ?? Number.NaN;
				const isNow = Math.abs(at - first.receivedAt) < 86_400_000;
				if (!isNow) return judged(false, `no time of now: ${kindOf(text)}`);
				return either(Number(text) === at / 1000, Number(text) === at ? 'milliseconds' : 'seconds');
			},
		},
		'A retry may be signed again.': {
			'timestamp-of-retry': (seen) => {
				const [first, retry] = seen.attemptsAfter(503);
				if (first === undefined || retry === undefined) return undefined;
				const [a, b] = [first, retry].map(({ headers }) => headers[DELIVERY_HEADERS.timestamp]);
				const isSame = a === b && retry.at - first.at > 1500;
				if (a === b && !isSame) return notSeen('the retry came within the same second');
				return either(!isSame, isSame ? 'the same timestamp' : 'a new timestamp');
			},
		},
	},
	'delivery-id': {
		'retries carry the same id.': {
			'id-of-retry': (seen) => {
				const [first, retry] = seen.attemptsAfter(503);
				if (first === undefined || retry === undefined) return undefined;
				const [a, b] = [first, retry].map(({ headers }) => headers[DELIVERY_HEADERS.deliveryId]);
				return judged(a === b, `${a === b ? 'the same' : 'another'}: ${kindOf(a ?? '')}`);
			},
		},
		"It is not signed, so the event's own name is a key, too.": {
			'id-not-signed': (seen) => {
				const signing = signingIn(seen);
				if (signing === undefined) return noKey(seen);
				return judged(!signing.text.includes('{id}'), `signed: \`${signing.text}\``);
			},
		},
	},
	'responses-and-retries': {
		'The second is from the start of the request to the end of the response.': {
			'delivery-deadline': (seen) => judgeDeadline(seen),
		},
		'5 retries, after 1 s, doubled up to 60 s.': {
			'first-retry': (seen) => judgeRetry(seen),
			'number-of-retries': 'a delivery would have to fail for minutes',
		},
		'3xx is a permanent failure.': {
			'response-302': (seen) => {
				const [first, retry] = seen.attemptsAfter(302);
				if (first === undefined) return undefined;
				if (seen.followed > 0) return judged(false, 'followed');
				return judged(retry === undefined, retry ? 'retried' : 'neither followed nor retried');
			},
		},
		'Connection refused, DNS and TLS are retried.': {
			'no-connection': 'the tunnel responds where nobody listens',
		},
	},
	'concurrency-and-order': {
		'Deliveries and events come in any order.': {
			'order-of-deliveries': (seen) => {
				const times = seen.events.map(({ xml }) => attribute(xml, 'datetime') ?? '');
				if (times.length < 2) return undefined;
				const isInOrder = times.every((time, index) => index === 0 || time >= times[index - 1]!);
				return isInOrder
					? notSeen('they came in the order of their changes')
					: judged(true, 'not in the order of their changes');
			},
		},
		'What a pause holds back is sent afterwards.': {
			'pause-of-deliveries': 'it takes an import or export of the site',
		},
	},
};

/** Judges each event of a family by its beginning; what differs in one of them is what counts. */
function byEvent(judge: (event: SeenEvent) => Verdict | undefined, family = '') {
	return (seen: Seen): Verdict | undefined => {
		const verdicts = seen.events
			.filter(({ type }) => type.startsWith(family))
			.flatMap((event) => judge(event) ?? []);
		return verdicts.find(({ verdict }) => verdict !== 'holds') ?? verdicts[0];
	};
}

/** Whether a step has made these events, in any order. */
function byTypes(seen: Seen, step: string, expected: string[]): Verdict | undefined {
	const types = seen.typesDuring(step);
	if (types === undefined) return undefined;
	const isSame = types.toSorted().join() === expected.toSorted().join();
	return judged(isSame, types.length === 0 ? 'none' : types.map(knownType).join(', '));
}

function shownTypes(events: SeenEvent[]): string {
	const types = new Set(events.map(({ xml }) => attribute(xml, 'type') ?? ''));
	return [...types].map(knownType).join(', ');
}

/** A type of an event is a name, as long as it looks like one. */
const knownType = (type: string) => (/^[a-z._:]{1,60}$/i.test(type) ? code(type) : 'another');

const byRule = (type: string) => type.replaceAll('.', '').replaceAll(':', '_').toLowerCase();

const shownNames = (element: XmlElement) => code(namesIn(element).join(', '));

const timeOf = (event: XmlElement) => attribute(event, 'datetime') ?? '';

function withoutAttributes(element: XmlElement): XmlElement {
	return Object.fromEntries(Object.entries(element).filter(([name]) => !name.startsWith('@')));
}

/** Unix ms in a UUID of version 1. */
function timeOfUuid(uuid: string): number {
	const [low = '0', middle = '0', high = '0'] = uuid.split('-');
	if (kindOf(uuid) !== 'uuid v1') return Number.NaN;
	return Number(BigInt(`0x${high.slice(1)}${middle}${low}`) / 10_000n) - 12_219_292_800_000;
}

function judgeRequests(seen: Seen): Verdict | undefined {
	const requests = seen.events.flatMap(({ xml }) => children(xml, 'request'));
	const [first] = requests;
	if (first === undefined) return undefined;
	const places = requests.map((request) =>
		['id', 'seq', 'count'].map((n) => attribute(request, n)),
	);
	const isInRange = places.every(
		([, seq, count]) => Number(seq) >= 1 && Number(seq) <= Number(count),
	);
	const isUnique = new Set(places.map(([id, seq]) => `${id} ${seq}`)).size === places.length;
	const signature = textOf(first, 'signature') ?? '';
	const isPattern = /^[A-Z]+:[a-z/*]+$/.test(signature);
	const form = `\`seq\` ${isInRange && isUnique ? 'numbers' : 'does not number'} the events of a request; signature: ${isPattern ? 'method and path pattern' : kindOf(signature)}`;
	return judged(isInRange && isUnique && isPattern, form);
}

function judgeHeaders({ deliveries }: Seen): Verdict | undefined {
	const [first] = deliveries;
	if (first === undefined) return undefined;
	const { headers } = first;
	const expected = ['authorization', ...Object.values(DELIVERY_HEADERS)];
	const missing = expected.filter((name) => !(name in headers));
	const more = Object.keys(headers).filter(
		(name) => /^x-(nexus|deki|mindtouch)-/.test(name) && !expected.includes(name),
	);
	const type = headers['content-type'] ?? '';
	const signature = headers[DELIVERY_HEADERS.signature] ?? '';
	const isSigned = /^sha256=[\da-f]{64}$/.test(signature);
	const form = [
		`Content-Type: ${CONTENT_TYPE.test(type) ? type : kindOf(type)}`,
		`signature: ${isSigned ? 'sha256= and 64 hex digits' : kindOf(signature)}`,
		...missing.map((name) => `no ${name}`),
		...more.map((name) => `also ${name}`),
	].join('; ');
	const isPlain = type === 'text/xml' && isSigned;
	return judged(isPlain && missing.length + more.length === 0, form);
}

function signingIn(seen: Seen): Signing | undefined {
	const [first] = seen.deliveries;
	return first && signingOf(first, candidatesOf(seen));
}

function judgeKey(seen: Seen): Verdict | undefined {
	const signing = signingIn(seen);
	if (signing === undefined) return noKey(seen);
	const isGiven = signing.keys.join() === GIVEN && signing.spelling === 'as it is';
	return judged(isGiven, `${signing.keys.map(code).join(', ')} ${signing.spelling}`);
}

function noKey(seen: Seen): Verdict | undefined {
	if (seen.deliveries.length === 0) return undefined;
	const form = `none of ${candidatesOf(seen).length} keys signs it`;
	return seen.credential.signingSecret ? judged(false, form) : notSeen(form);
}

function formOfSigning({ text, digest }: Signing): string {
	return `${code(text)}, ${digest}`;
}

/** How long a response may take: a second is stated, its end is assumed. */
export function judgeDeadline(seen: Pick<Seen, 'attemptsAfter'>): Verdict | undefined {
	const [held] = seen.attemptsAfter('held');
	if (held === undefined) return undefined;
	if (held.wasWaitedFor) return judged(false, 'waits for more than 8 s');
	if (held.closedAfterMs === undefined) return notSeen('--patience was shorter');
	const seconds = Math.round(held.closedAfterMs / 100) / 10;
	return judged(seconds >= 0.7 && seconds <= 2, `closes after ${seconds} s`);
}

export function judgeRetry(seen: Pick<Seen, 'attemptsAfter'>): Verdict | undefined {
	const [first, retry] = seen.attemptsAfter(503);
	if (first === undefined) return undefined;
	if (retry === undefined) return judged(false, 'none while it was waited for');
	const seconds = Math.round((retry.at - first.at) / 100) / 10;
	return judged(seconds >= 0.7 && seconds <= 2.5, `after ${seconds} s`);
}
