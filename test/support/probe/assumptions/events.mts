import { siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import {
	attribute,
	child,
	children,
	textOf,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { DELIVERY_HEADERS } from '../../../../nodes/CxoneExpert/protocol/headers.ts';
import { readTimestamp } from '../../../../nodes/CxoneExpert/protocol/signature.ts';
import { code, elementForm, kindOf, knownType, namesIn } from '../forms.mts';
import { candidatesOf, GIVEN, type Signing, signingOf } from './keys.mts';
import {
	either,
	isSuccess,
	judged,
	notSeen,
	revisionIn,
	type Seen,
	type SeenEvent,
	type Verdict,
	type Judges,
} from '../seen.mts';

/** `mt-epoch` counts from here: docs/vendor-facts.md#event-document. */
const MT_EPOCH_MS = 633_398_400_000;

/** Media types that are shown as they are. */
const CONTENT_TYPE = /^(text|application)\/xml(; ?charset="?utf-8"?)?$/i;

/** Statements of vendor-facts about events and deliveries. */
export const eventJudges: Judges = {
	'delivery-authorization': ({ deliveries, own }) => {
		const [first] = deliveries;
		if (first === undefined) return undefined;
		const { authorization } = first.headers;
		const otherwise = authorization === undefined ? 'no such header' : 'another text';
		return judged(authorization === own.authorization, 'the registered text', otherwise);
	},
	'signing-key': judgeKey,
	'type-by-rule': (seen) => {
		const pairs = seen.events.map(({ xml, delivery }) => [
			attribute(xml, 'type') ?? '',
			delivery.headers[DELIVERY_HEADERS.eventType] ?? '',
		]);
		if (pairs.length === 0) return undefined;
		const wrong = pairs.filter(([xml, header]) => byRule(xml!) !== header!.toLowerCase());
		return judged(wrong.length === 0, `types: ${shownTypes(seen.events)}`);
	},
	'event-of-new-draft': (seen) => byTypes(seen, 'draft-create', ['page_create']),
	'event-of-draft-edit': (seen) => byTypes(seen, 'draft-edit', []),
	'event-of-publication': (seen) => byTypes(seen, 'draft-publish', ['pagecontent_update']),
	'event-of-draft-of-page': (seen) => byTypes(seen, 'draft-activate', []),
	'event-of-edit': (seen) => byTypes(seen, 'edit-xml', ['pagecontent_update']),
	'event-of-tags': (seen) => byTypes(seen, 'tags-without-system', ['pagetag_update']),
	'event-of-move': (seen) => byTypes(seen, 'move', Array<string>(5).fill('page_move')),
	'first-publication': (seen) => {
		const { revision, form } = revisionIn(seen, 'published-page');
		return form === undefined ? undefined : either(revision === '1', form);
	},
	'events-of-publication': judgePublication,
	'type-of-publication': (seen) => {
		const response = seen.of('event-draft_publish');
		if (response === undefined) return undefined;
		if (!isSuccess(response)) return either(false, 'taken', `refused with ${response.status}`);
		const isDelivered = seen.eventsOf('draft_publish').length > 0;
		return judged(isDelivered, 'taken and delivered', 'taken, not delivered');
	},
	'state-of-unpublished': 'no call of the API unpublishes a page',
	'signature-of-unpublishing': 'no call of the API unpublishes a page',
	'number-of-page': 'only a site that is restored from a backup could',
	'event-id': byEvent(({ xml }) => {
		const ids = [attribute(xml, 'id'), attribute(child(xml, 'request'), 'id')];
		const kinds = ids.map((id) => kindOf(id ?? ''));
		const distance = Math.abs(timeOfUuid(ids[0] ?? '') - (siteTime(timeOf(xml)) ?? 0));
		const isSame = kinds[0] === 'uuid v1' && distance <= 1000;
		const form = `${kinds.join(', ')}; ${isSame ? 'the same time' : 'another time'}; datetime: ${kindOf(timeOf(xml))}`;
		return judged(isSame && kinds[1] === 'uuid v1', form);
	}),
	'mt-epoch': byEvent(({ xml }) => {
		const epoch = attribute(xml, 'mt-epoch');
		const at = siteTime(timeOf(xml));
		if (epoch === undefined || at === undefined) return judged(false, 'no such attribute');
		const isSame = Math.abs(Number(epoch) + MT_EPOCH_MS - at) <= 1000;
		return judged(isSame, 'the time of the event', `another ${kindOf(epoch)}`);
	}),
	'event-version': byEvent(({ xml }) => {
		const version = attribute(xml, 'version') ?? '';
		const shown = /^\d{1,3}$/.test(version) ? version : kindOf(version);
		return judged(version === '5', `version ${shown}`);
	}),
	'request-of-event': judgeRequests,
	'event-names-page': byEvent(({ xml }) => judgeNamed(xml, 'page'), 'page'),
	'event-names-file': byEvent(({ xml }) => judgeNamed(xml, 'file'), 'attachment'),
	'request-names-caller': byEvent(({ xml }) => {
		const request = child(xml, 'request') ?? {};
		const usual = ['@id', '@seq', '@count', 'signature'];
		const more = namesIn(request).filter((name) => !usual.includes(name));
		return either(more.length === 0, elementForm('request', request));
	}),
	'shape-of-page': byEvent(({ xml }) => {
		const page = child(xml, 'page');
		return either(page && !('title' in page) && !('@guid' in page), 'short', 'full');
	}, 'page'),
	'revision-in-page': byEvent(({ xml }) => {
		const revision = attribute(child(xml, 'page'), 'revision');
		return judged(revision === undefined ? undefined : revision === '0', '0', 'another number');
	}, 'page'),
	'revision-beside-page': byEvent(({ xml }) => {
		const revision = textOf(xml, 'revision');
		return either(revision !== undefined, `revision: ${kindOf(revision ?? '')}`);
	}, 'pagecontent_update'),
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
	'user-in-event': (seen) => {
		const [user] = seen.events.flatMap(({ xml }) =>
			[xml, child(xml, 'request')].flatMap((parent) => children(parent, 'user')),
		);
		if (user === undefined) return undefined;
		const hasName = ['nick', 'username', 'fullname', 'email'].some((name) => name in user);
		return judged(!hasName, elementForm('user', user));
	},
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
	'diff-of-edit': 'the probe does not count the words of its texts',
	'delivery-headers': judgeHeaders,
	'signed-text': (seen) => {
		const signing = signingIn(seen);
		if (signing === undefined) return noKey(seen);
		const isAssumed = signing.text === '{timestamp}.{payload}';
		return judged(isAssumed && signing.digest === 'lower-case hex', formOfSigning(signing));
	},
	'timestamp-unit': (seen) => {
		const [first] = seen.deliveries;
		const text = first?.headers[DELIVERY_HEADERS.timestamp];
		if (first === undefined || text === undefined) return undefined;
		const at = readTimestamp(text) ?? Number.NaN;
		const isNow = Math.abs(at - first.receivedAt) < 86_400_000;
		if (!isNow) return judged(false, `no time of now: ${kindOf(text)}`);
		return either(Number(text) === at / 1000, 'seconds', 'milliseconds');
	},
	'timestamp-of-retry': byRetry(DELIVERY_HEADERS.timestamp, (a, b, afterMs) => {
		if (a === b && afterMs <= 1500) return notSeen('the retry came within the same second');
		return either(a !== b, 'a new timestamp', 'the same timestamp');
	}),
	'id-of-retry': byRetry(DELIVERY_HEADERS.deliveryId, (a, b) =>
		judged(a === b, `${a === b ? 'the same' : 'another'}: ${kindOf(a ?? '')}`),
	),
	'id-not-signed': (seen) => {
		const signing = signingIn(seen);
		if (signing === undefined) return noKey(seen);
		return judged(!signing.text.includes('{id}'), `signed: \`${signing.text}\``);
	},
	'delivery-deadline': (seen) => judgeDeadline(seen),
	'first-retry': (seen) => judgeRetry(seen),
	'number-of-retries': 'a delivery would have to fail for minutes',
	'response-302': (seen) => {
		const [first, retry] = seen.attemptsAfter(302);
		if (first === undefined) return undefined;
		if (seen.followed > 0) return judged(false, 'followed');
		return judged(retry === undefined, 'neither followed nor retried', 'retried');
	},
	'no-connection': 'the tunnel responds where nobody listens',
	'order-of-deliveries': (seen) => {
		const times = seen.events.map(({ xml }) => attribute(xml, 'datetime') ?? '');
		if (times.length < 2) return undefined;
		const isInOrder = times.every((time, index) => index === 0 || time >= times[index - 1]!);
		if (isInOrder) return notSeen('they came in the order of their changes');
		return judged(true, 'not in the order of their changes');
	},
	'pause-of-deliveries': 'it takes an import or export of the site',
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

/** Checks a header of a delivery that was told to retry, and of its retry. */
function byRetry(
	header: string,
	judge: (
		first: string | undefined,
		retry: string | undefined,
		afterMs: number,
	) => Verdict | undefined,
) {
	return (seen: Seen): Verdict | undefined => {
		const [first, retry] = seen.attemptsAfter(503);
		if (first === undefined || retry === undefined) return undefined;
		return judge(first.headers[header], retry.headers[header], retry.at - first.at);
	};
}

/** Whether an event names a page or a file by its ID. */
function judgeNamed(event: XmlElement, name: 'page' | 'file'): Verdict | undefined {
	const element = child(event, name);
	const form = element ? elementForm(name, element) : `event: ${shownNames(event)}`;
	return either(attribute(element, 'id') !== undefined, form);
}

/** The probe's webhook has both event types, where the site takes them. */
function judgePublication(seen: Seen): Verdict | undefined {
	const types = seen.typesDuring('draft-publish');
	if (types === undefined) return undefined;
	const events = [...seen.eventsOf('pagecontent_update'), ...seen.eventsOf('draft_publish')];
	const times = events
		.filter(({ delivery }) => delivery.step === 'draft-publish')
		.map(({ xml }) => siteTime(timeOf(xml)) ?? 0);
	const isWithin = Math.max(...times) - Math.min(...times) <= 2000;
	const form = types.length === 0 ? 'none' : types.toSorted().map(knownType).join(', ');
	return judged(times.length > 0 && isWithin, form);
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
