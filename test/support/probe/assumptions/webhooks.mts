import {
	attribute,
	children,
	textOf,
	type XmlElement,
	type XmlValue,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { EVENT_TYPES, missingEvents } from '../../../../nodes/CxoneExpert/api/event-types.ts';
import { code, elementForm, formOf, kindOf } from '../forms.mts';
import { byResponse, either, isSuccess, judged, ofStep } from '../seen.mts';
import type { Judges, Seen, Verdict } from '../seen.mts';
import { eventsOf } from '../steps/webhook.mts';

const isRefused = ({ status }: { status: number }) => status >= 400 && status < 500;

/** Statements of vendor-facts about webhooks. */
export const webhookJudges: Judges = {
	'webhooks-for-admin': ofStep('webhooks', (response, { isAdmin }) => {
		const who = isAdmin ? 'an Admin' : 'no Admin';
		return judged(isSuccess(response) === isAdmin, `to ${who}: ${formOf(response)}`);
	}),
	'event-added-twice': byResponse('event-again', isSuccess),
	'unknown-event-type': byResponse('event-unknown', ({ status }) => status === 400),
	'webhook-after-delete': ofStep('webhook-after-delete', (response) => {
		const { status, document } = response;
		const isMarked = textOf(document?.root, 'deleted') === 'true';
		if (status !== 404 && !isMarked) return judged(false, formOf(response));
		return either(status === 404, formOf(response), `${status}, \`deleted\` is true`);
	}),
	'update-of-a-part': judgePartialUpdate,
	'list-offset': judgeOffset,
	'created-id': (seen) => {
		const [created, listed] = [seen.of('create'), seen.root('listed')];
		if (created?.status !== 201) return undefined;
		const first = firstId(created.document?.root ?? {});
		const isOurs = first !== undefined && first === textOf(listed, 'id');
		const form = formOf(created);
		return judged(isOurs, form, `${form}: its first \`id\` is not the webhook's`);
	},
	'listed-url': judgeUrl,
	'create-without-authorization': byResponse('create-without-authorization', isRefused),
	'events-after-update': (seen) => {
		const [before, after] = ['webhook', 'webhook-after-update'].map((step) =>
			seen.root(step, 'webhook'),
		);
		if (after === undefined || !seen.root('update', 'webhook')) return undefined;
		const isKept = missingEvents(eventsOf(after), eventsOf(before)).length === 0;
		return either(isKept, 'kept', 'gone');
	},
	'enable-by-api': (seen) => {
		const response = seen.of('enable');
		return response && judged(isActiveAgain(seen), 'active again', formOf(response));
	},
	'list-entries': (seen) => {
		const entry = seen.root('listed');
		if (entry === undefined) return undefined;
		const isWhole = textOf(entry, 'authorization-header') !== undefined;
		return either(isWhole, elementForm('webhook', entry));
	},
	'http-url': byResponse('create-http', ({ status }) => status === 400),
	'registered-types': judgeTypes,
	'unknown-types': 'says what the package does',
	'failure-of-4xx': (seen) => judgeCount(seen, 'webhook-after-400', 'tag-400', (n) => n > 0),
	'reset-by-2xx': (seen) => judgeCount(seen, 'webhook-after-200', 'tag-200', (n) => n === 0),
	'disable-threshold': 'Expert would notify people that a webhook was disabled',
	'events-while-disabled': (seen) => {
		const types = seen.typesDuring('tag-while-disabled');
		if (types === undefined || !isActiveAgain(seen)) return undefined;
		return judged(types.length === 0, 'not delivered', 'delivered');
	},
	'count-after-enable': (seen) => {
		const [before, after] = ['webhook-before-disable', 'webhook-after-enable'].map((step) =>
			failuresIn(seen, step),
		);
		if (!before || after === undefined || !isActiveAgain(seen)) return undefined;
		return judged(after === 0, '0', 'kept');
	},
	'reason-of-disable': (seen) => {
		const webhook = seen.root('webhook-after-disable', 'webhook');
		if (textOf(webhook, 'active') !== 'false') return undefined;
		const reason = textOf(webhook, 'consecutive-failures-disabled-reason') ?? '';
		return judged(reason === '0', `disabled by the API: reason ${shownReason(reason)}`);
	},
};

function judgePartialUpdate(seen: Seen): Verdict | undefined {
	const [response, after] = [seen.of('update-partial'), seen.root('webhook-after-partial')];
	if (response === undefined || after === undefined) return undefined;
	if (!isSuccess(response)) return judged(false, formOf(response));
	const kept = { 'authorization-header': seen.own.authorization, active: 'true' };
	const lost = Object.entries(kept).filter(([name, value]) => textOf(after, name) !== value);
	const names = lost.map(([name]) => name).join(', ');
	return judged(lost.length === 0, 'kept', `changed: ${names}`);
}

function judgeOffset(seen: Seen): Verdict | undefined {
	const [first, second] = ['home-first', 'home-second'].map((step) =>
		children(seen.root(step, 'subpages'), 'page.subpage').map((page) => attribute(page, 'id')),
	);
	if (first === undefined || second === undefined || first.length === 0) return undefined;
	if (first.length > 1) return either(false, 'more than `limit`');
	return either(first.join() !== second.join(), 'both are heeded', '`offset` is ignored');
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

/** Once a delivery of the step has arrived. */
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
