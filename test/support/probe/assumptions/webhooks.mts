import {
	attribute,
	children,
	textOf,
	type XmlElement,
	type XmlValue,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { EVENT_TYPES, missingEvents } from '../../../../nodes/CxoneExpert/event/types.ts';
import { code, elementForm, formOf, kindOf } from '../forms.mts';
import { byResponse, either, isSuccess, judged, type Seen, type Assumptions } from '../seen.mts';
import type { Verdict } from '../seen.mts';
import { eventsOf } from '../steps/webhook.mts';

const isRefused = ({ status }: { status: number }) => status >= 400 && status < 500;

/** What vendor-facts says of webhooks, below its headings. */
export const webhookAssumptions: Assumptions = {
	'webhook-calls': {
		'403: the feature is off or the caller is no Admin.': {
			'webhooks-for-admin': (seen) => {
				const response = seen.of('webhooks');
				if (response === undefined) return undefined;
				const isAllowed = isSuccess(response);
				const who = seen.isAdmin ? 'an Admin' : 'no Admin';
				return judged(isAllowed === seen.isAdmin, `to ${who}: ${formOf(response)}`);
			},
		},
		'Adding an event twice is harmless; an unknown type gets 400.': {
			'event-added-twice': byResponse('event-again', isSuccess),
			'unknown-event-type': byResponse('event-unknown', ({ status }) => status === 400),
		},
		'GET after DELETE gives 404 or `deleted=true`.': {
			'webhook-after-delete': (seen) => {
				const response = seen.of('webhook-after-delete');
				if (response === undefined) return undefined;
				const { status, document } = response;
				const isMarked = textOf(document?.root, 'deleted') === 'true';
				const form = isMarked ? `${status}, \`deleted\` is true` : formOf(response);
				return status === 404 || isMarked ? either(status === 404, form) : judged(false, form);
			},
		},
		'What an update leaves out keeps its value.': { 'update-of-a-part': judgePartialUpdate },
		'A site may give fewer than `limit` or ignore `offset`.': { 'list-offset': judgeOffset },
	},
	'registering-a-webhook': {
		'The first `id` of the 201 body counts only if its webhook has our URL.': {
			'created-id': (seen) => {
				const [created, listed] = [seen.of('create'), seen.root('listed')];
				if (created?.status !== 201) return undefined;
				const first = firstId(created.document?.root ?? {});
				const isOurs = first !== undefined && first === textOf(listed, 'id');
				const form = formOf(created);
				return judged(isOurs, isOurs ? form : `${form}: its first \`id\` is not the webhook's`);
			},
		},
		'If the response is lost, the webhook may exist: list and match the URL, in any equivalent spelling.':
			{ 'listed-url': judgeUrl },
		'A create without `authorization-header` is refused.': {
			'create-without-authorization': byResponse('create-without-authorization', isRefused),
		},
	},
	'updating-a-webhook': {
		'An update may clear the events: read again, add what is missing.': {
			'events-after-update': (seen) => {
				const [before, after] = ['webhook', 'webhook-after-update'].map((step) =>
					seen.root(step, 'webhook'),
				);
				if (after === undefined || !seen.root('update', 'webhook')) return undefined;
				const isKept = missingEvents(eventsOf(after), eventsOf(before)).length === 0;
				return either(isKept, isKept ? 'kept' : 'gone');
			},
		},
		'`PUT active=true` enables a disabled webhook (the guide names only the Dashboard).': {
			'enable-by-api': (seen) => {
				const [response, after] = [seen.of('enable'), seen.root('webhook-after-enable', 'webhook')];
				if (response === undefined) return undefined;
				const isActive = textOf(after, 'active') === 'true';
				return judged(isActive, isActive ? 'active again' : formOf(response));
			},
		},
	},
	'webhook-documents': {
		'Entries of the list may have `id`, `webhook-url` and `active` only.': {
			'list-entries': (seen) => {
				const entry = seen.root('listed');
				if (entry === undefined) return undefined;
				const isWhole = textOf(entry, 'authorization-header') !== undefined;
				return either(isWhole, elementForm('webhook', entry));
			},
		},
	},
	'webhook-url': {
		'http gets 400.': {
			'http-url': byResponse('create-http', ({ status }) => status === 400),
		},
	},
	'event-types': {
		'Compare names without case, `_`, `.` and `:`.': { 'registered-types': judgeTypes },
		'Unknown types pass through.': { 'unknown-types': 'says what the package does' },
	},
	'disabled-webhooks': {
		'The threshold is 10 failed attempts, 4xx included; any 2xx resets.': {
			'failure-of-4xx': (seen) => judgeCount(seen, 'webhook-after-400', 'tag-400', (n) => n > 0),
			'reset-by-2xx': (seen) => judgeCount(seen, 'webhook-after-200', 'tag-200', (n) => n === 0),
			'disable-threshold': 'Expert would notify people that a webhook was disabled',
		},
		'Events while disabled and pending retries are dropped.': {
			'events-while-disabled': (seen) => {
				const types = seen.typesDuring('tag-while-disabled');
				if (types === undefined || !isActiveAgain(seen)) return undefined;
				const isDropped = types.length === 0;
				return judged(isDropped, isDropped ? 'not delivered' : 'delivered');
			},
		},
		'Re-enabling sets the count to 0.': {
			'count-after-enable': (seen) => {
				const [before, after] = ['webhook-before-disable', 'webhook-after-enable'].map((step) =>
					failuresIn(seen, step),
				);
				if (!before || after === undefined || !isActiveAgain(seen)) return undefined;
				return judged(after === 0, after === 0 ? '0' : 'kept');
			},
		},
		'If Expert names neither a reason other than 0 nor failures, a person has disabled it.': {
			'reason-of-disable': (seen) => {
				const webhook = seen.root('webhook-after-disable', 'webhook');
				if (textOf(webhook, 'active') !== 'false') return undefined;
				const reason = textOf(webhook, 'consecutive-failures-disabled-reason') ?? '';
				return judged(reason === '0', `disabled by the API: reason ${shownReason(reason)}`);
			},
		},
	},
};

function judgePartialUpdate(seen: Seen): Verdict | undefined {
	const [response, after] = [seen.of('update-partial'), seen.root('webhook-after-partial')];
	if (response === undefined || after === undefined) return undefined;
	if (!isSuccess(response)) return judged(false, formOf(response));
	const lost = [
		...(textOf(after, 'authorization-header') === seen.own.authorization
			? []
			: ['authorization-header']),
		...(textOf(after, 'active') === 'true' ? [] : ['active']),
	];
	return judged(lost.length === 0, lost.length === 0 ? 'kept' : `changed: ${lost.join(', ')}`);
}

function judgeOffset(seen: Seen): Verdict | undefined {
	const [first, second] = ['home-first', 'home-second'].map((step) =>
		children(seen.root(step, 'subpages'), 'page.subpage').map((page) => attribute(page, 'id')),
	);
	if (first === undefined || second === undefined || first.length === 0) return undefined;
	if (first.length > 1) return either(false, 'more than `limit`');
	const isHeeded = first.join() !== second.join();
	return either(isHeeded, isHeeded ? 'both are heeded' : '`offset` is ignored');
}

function judgeUrl(seen: Seen): Verdict | undefined {
	const stored = textOf(seen.root('listed'), 'webhook-url');
	if (stored === undefined) return undefined;
	const spelling = spellingOf(stored, seen.webhookUrl);
	return judged(!spelling.startsWith('another'), spelling);
}

/** How the stored address differs from the one that was sent. */
export function spellingOf(stored: string, sent: string): string {
	if (stored === sent) return 'as it was sent';
	if (!URL.canParse(stored)) return 'another address';
	const [a, b] = [new URL(stored), new URL(sent)];
	if (a.hostname !== b.hostname) return 'another host';
	if (a.protocol !== b.protocol) return 'another scheme';
	if (stored === `${sent}/`) return 'with a slash at the end';
	if (decodeURIComponent(a.pathname) !== decodeURIComponent(b.pathname)) return 'another path';
	if (a.pathname !== b.pathname) return 'encoded in another way';
	return stored.toLowerCase() === sent.toLowerCase() ? 'in other case' : 'with the port';
}

/** In the order of the document, at any depth: as the nodes read it. */
function firstId(element: XmlElement): string | undefined {
	const own = textOf(element, 'id');
	if (own !== undefined) return own;
	const inner = (value: XmlValue): XmlElement[] =>
		typeof value === 'string' ? [] : Array.isArray(value) ? value.flatMap(inner) : [value];
	return Object.values(element)
		.flatMap(inner)
		.map(firstId)
		.find((id) => id !== undefined);
}

/** Which of the types of the list the site has taken, and how it spells them. */
function judgeTypes(seen: Seen): Verdict | undefined {
	const listed = eventsOf(seen.root('webhook', 'webhook'));
	if (listed.length === 0) return undefined;
	const wanted = EVENT_TYPES.map(({ value }) => value);
	const accepted = wanted.filter((type) => seen.of(`event-${type}`)?.status === 200);
	const refused = wanted.filter((type) => !accepted.includes(type));
	const unlike = missingEvents(listed, accepted);
	const form = [
		`registered: ${accepted.length} of ${wanted.length}`,
		...(refused.length > 0 ? [`refused: ${refused.map(code).join(', ')}`] : []),
		...(unlike.length > 0 ? [`listed under other names: ${unlike.map(code).join(', ')}`] : []),
	];
	return judged(unlike.length === 0, form.join('; '));
}

function failuresIn(seen: Seen, step: string): number | undefined {
	const count = textOf(seen.root(step, 'webhook'), 'consecutive-failures');
	return count === undefined ? undefined : Number(count);
}

function isActiveAgain(seen: Seen): boolean {
	return textOf(seen.root('webhook-after-enable', 'webhook'), 'active') === 'true';
}

/** Once a delivery of the step has come. */
function judgeCount(
	seen: Seen,
	step: string,
	after: string,
	holds: (failures: number) => boolean,
): Verdict | undefined {
	const failures = failuresIn(seen, step);
	const hasCome = seen.deliveries.some((delivery) => delivery.step === after);
	if (failures === undefined || !hasCome) return undefined;
	return judged(holds(failures), `consecutive-failures: ${failures}`);
}

const shownReason = (reason: string) => (/^\d{1,3}$/.test(reason) ? reason : kindOf(reason));
