import { children, child, textOf, writeXml, type XmlElement } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { EVENT_TYPES, missingEvents } from '../../../../nodes/CxoneExpert/api/event-types.ts';
import { isSameUrl } from '../../../../nodes/CxoneExpert/api/webhook-url.ts';
import { formOf, knownTypes } from '../forms.mts';
import { listOwnWebhooks } from '../own.mts';
import { either, judged, type Questions } from '../question.mts';
import type { Seen } from '../seen.mts';
import { change, look, type Session, Stopped } from '../session.mts';
import { isSuccess } from '../site.mts';

const TYPES = EVENT_TYPES.map(({ value }) => value);

/** Registers the webhook of the probe; a site that refuses it is asked nothing more about webhooks. */
export const registration: Questions = {
	'listed-url': {
		statement: 'If the response is lost, the webhook may exist: list and match the URL, in any equivalent spelling.',
		ask: register,
		judge: (seen) => {
			const stored = textOf(seen.root('listed'), 'webhook-url');
			if (stored === undefined) return undefined;
			if (stored === seen.webhookUrl) return judged(true, 'as it was sent');
			return judged(isSameUrl(stored, seen.webhookUrl), 'in another spelling', 'another address');
		},
	},
};

/** What the site makes of the webhook's events. */
export const webhook: Questions = {
	'registered-types': {
		statement: 'Compare names without case, `_`, `.` and `:`.',
		ask: async (session) => {
			for (const type of TYPES) await addEvent(session, type);
			await look(session, 'webhook', { path: ownPath(session) });
		},
		judge: judgeTypes,
	},
	'type-of-publication': {
		statement: 'Webhooks that have `draft:publish` name it `draft_publish`; others refuse it.',
		ask: async (session) => await addEvent(session, 'draft_publish'),
		judge: (seen) => {
			const response = seen.responses.get('event-draft_publish');
			if (response === undefined) return undefined;
			if (!isSuccess(response)) return either(false, `refused with ${response.status}`);
			const isDelivered = seen.eventOf('draft-publish', 'draft_publish') !== undefined;
			return judged(isDelivered, 'taken and delivered', 'taken, not delivered');
		},
	},
	'events-after-update': {
		statement: 'An update may clear the events: read again, add what is missing.',
		ask: async (session) => await update(session, 'update', true),
		judge: (seen) => {
			const [before, after] = [seen.root('webhook'), seen.root('webhook-after-update')];
			if (after === undefined || seen.root('update') === undefined) return undefined;
			return either(missingEvents(eventsOf(after), eventsOf(before)).length === 0, 'kept', 'gone');
		},
	},
};

/** Asked last: a site may enable a webhook for people only. */
export const disabling: Questions = {
	'reason-of-disable': {
		statement: 'If Expert names neither a reason other than 0 nor failures, a person has disabled it.',
		ask: async (session) => await update(session, 'disable', false),
		judge: (seen) => {
			const disabled = seen.root('webhook-after-disable', 'webhook');
			if (textOf(disabled, 'active') !== 'false') return undefined;
			const reason = textOf(disabled, 'consecutive-failures-disabled-reason') ?? '';
			const shown = /^\d{1,3}$/.test(reason) ? reason : 'another text';
			return judged(reason === '0', `disabled by the API: reason ${shown}`);
		},
	},
	'enable-by-api': {
		statement:
			'`PUT active=true` enables a disabled webhook (the guide says that this takes a person, in the Dashboard).',
		ask: async (session) => await update(session, 'enable', true),
		judge: (seen) => {
			const response = seen.responses.get('enable');
			const isActive = textOf(seen.root('webhook-after-enable'), 'active') === 'true';
			return response && judged(isActive, 'active again', formOf(response));
		},
	},
};

async function register(session: Session): Promise<void> {
	const { seen, site } = session;
	const body = webhookXml(seen, {});
	if (!(await change(session, 'create', { path: '/webhooks', body }))) return;
	const [root] = await listOwnWebhooks(site, seen.own);
	const id = textOf(root, 'id');
	if (root === undefined || id === undefined) throw new Stopped('create');
	seen.webhookId = id;
	const document = { name: 'webhook', root };
	seen.responses.set('listed', { status: 200, headers: {}, text: '', document });
}

export const ownPath = ({ seen }: Session) => `/webhooks/${seen.webhookId}`;

async function addEvent(session: Session, type: string): Promise<void> {
	const path = `${ownPath(session)}/events/${type}`;
	await change(session, `event-${type}`, { method: 'PUT', path }, 'webhook');
}

/** The update may have taken the events away, so they are added again. */
async function update(session: Session, step: string, isActive: boolean): Promise<void> {
	const { seen } = session;
	const body = webhookXml(seen, { active: String(isActive) });
	await change(session, step, { method: 'PUT', path: ownPath(session), body }, 'webhook');
	await look(session, `webhook-after-${step}`, { path: ownPath(session) });
	const left = eventsOf(seen.root(`webhook-after-${step}`));
	const lost = missingEvents(left, eventsOf(seen.root('webhook')));
	for (const type of lost) await addEvent(session, type);
}

function webhookXml({ own, webhookUrl }: Seen, fields: XmlElement): string {
	return writeXml('webhook', {
		...{ 'webhook-url': webhookUrl, 'authorization-header': own.authorization },
		...fields,
	});
}

/** Event types of a webhook, as the site spells them. */
function eventsOf(element: XmlElement | undefined): string[] {
	return children(child(element, 'events'), 'event').flatMap((event) => textOf(event, 'event-type') ?? []);
}

/** Which of the types of the list the site has taken, and whether it names them as we do. */
function judgeTypes(seen: Seen) {
	const listed = eventsOf(seen.root('webhook'));
	if (listed.length === 0) return undefined;
	const refused = TYPES.filter((type) => seen.root(`event-${type}`) === undefined);
	const missing = missingEvents([...listed, ...refused], TYPES);
	const form = `refused: ${knownTypes(refused)}; under other names: ${knownTypes(missing)}`;
	return judged(missing.length === 0, form);
}
