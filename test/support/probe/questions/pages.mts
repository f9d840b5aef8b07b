import { apiTime, pagePath, siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { pageKey, targetPath } from '../../../../nodes/CxoneExpert/api/path-segment.ts';
import { attribute, child, children, textOf, writeXml } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { PUBLISHING_EVENTS } from '../../../../nodes/CxoneExpert/event/choices.ts';
import { DELIVERY_HEADERS } from '../../../../nodes/CxoneExpert/protocol/headers.ts';
import { formOf, knownTypes } from '../forms.mts';
import type { OwnPage } from '../own.mts';
import { either, judged, notSeen, type Judge, type Questions } from '../question.mts';
import type { Seen } from '../seen.mts';
import { change, look, made, must, type Session, settle, Stopped } from '../session.mts';
import { hasAttribute, isSuccess } from '../site.mts';
import { isFound, timeOfSite } from './reading.mts';
import { ownPath } from './webhook.mts';

/* The page of the probe below `--below`, and what is done with it. */

const PLAIN = '<p>One <strong>bold</strong> word.</p>';
/** Of a published draft: the same text again may be no change. */
const DRAFT = '<p>One <strong>bold</strong> draft.</p>';
const XML = '<content><body><p>One <em>slanted</em> word.</p></body></content>';

/** Whether a step has made these events: what authors do counts alike in reports and webhooks. */
const counts = (step: string, ...expected: string[]) => ({
	statement: 'Webhooks count alike.',
	judge: ((seen) => {
		const types = seen.typesAfter(step);
		return types && judged(types.join() === expected.toSorted().join(), knownTypes(types));
	}) satisfies Judge,
});

export const firstPage: Questions = {
	'event-of-new-draft': { ...counts('draft-create', 'page_create'), ask: createPage },
};

export const drafts: Questions = {
	'event-of-draft-edit': {
		...counts('draft-edit'),
		ask: async (session) => await write(session, 'draft-edit', 'drafts', DRAFT),
	},
	'revision-of-draft': {
		statement: 'A page without a revision stands for nothing: it is a draft, or a parent that Expert has made.',
		ask: async (session) => await look(session, 'revision-of-draft', { path: at(session) }),
		judge: (seen) => judgeRevision(seen, 'revision-of-draft', '0'),
	},
	'events-of-publication': {
		statement: 'Publishing a draft makes `page.content:update`, `draft:publish` or both, within two seconds.',
		ask: async (session) => {
			const path = `${at(session, 'drafts')}/publish`;
			await must(session, 'draft-publish', { path }, 'draft');
		},
		judge: (seen) => {
			const types = seen.typesAfter('draft-publish');
			if (types === undefined) return undefined;
			const [update, publication] = ['pagecontent_update', 'draft_publish'].map((type) =>
				attribute(seen.eventOf('draft-publish', type)?.xml, 'datetime'),
			);
			const isFar = secondsBetween(update, publication) > 2;
			return judged((update ?? publication) !== undefined && !isFar, knownTypes(types));
		},
	},
	'first-publication': {
		statement: 'The first publication of a page is its revision 1, or the page was seen as a draft.',
		ask: async (session) => await look(session, 'first-publication', { path: at(session) }),
		judge: (seen) => judgeRevision(seen, 'first-publication', '1'),
	},
	'first-revision': {
		statement: 'A first revision younger than its page is the publication of a draft.',
		ask: async (session) => {
			const query = { limit: 'all', offset: 0 };
			await look(session, 'first-revision', { path: `${at(session)}/revisions`, query });
		},
		judge: (seen) => {
			const [first, ...more] = children(seen.root('first-revision', 'pages'), 'page');
			const [created, edited] = ['date.created', 'date.edited'].map((name) => siteTime(textOf(first, name)));
			if (created === undefined || edited === undefined || more.length > 0) return undefined;
			if (edited === created) return notSeen('of the same second as its page');
			return judged(edited > created, 'younger', 'older');
		},
	},
	'event-of-draft-of-page': {
		...counts('draft-activate'),
		ask: async (session) => {
			for (const step of ['activate', 'deactivate']) {
				const path = `${at(session, 'drafts')}/${step}`;
				await change(session, `draft-${step}`, { method: 'POST', path }, 'draft');
				await settle(session);
			}
		},
	},
};

export const changes: Questions = {
	'event-of-edit': {
		...counts('edit', 'pagecontent_update'),
		ask: async (session) => {
			const query = { since: apiTime(timeOfSite(session.seen)), include: 'tags' };
			await write(session, 'edit', 'pages', PLAIN);
			const path = at(session);
			await look(session, 'contents', { path: `${path}/contents`, query: { mode: 'edit' } });
			await look(session, 'edited', { path });
			await look(session, 'change-listed', { path: `${below(session)}/find`, query });
		},
	},
	'body-as-text': {
		statement: 'as `text/plain` the body is read as HTML.',
		judge: (seen) => {
			const content = seen.root('contents', 'content');
			if (content === undefined) return undefined;
			const body = textOf(content, 'body') ?? '';
			return judged(body.includes('<strong>bold</strong>'), 'comes back as HTML', 'changed');
		},
	},
	'event-and-api': {
		statement: 'Events and the API differ by at most two revisions and two seconds.',
		judge: (seen) => {
			const page = seen.root('edited', 'page');
			const event = seen.eventOf('edit', 'pagecontent_update')?.xml;
			const revisions = Number(textOf(event, 'revision')) - Number(attribute(page, 'revision'));
			const seconds = secondsBetween(attribute(event, 'datetime'), textOf(page, 'date.edited'));
			if (Number.isNaN(revisions + seconds)) return undefined;
			const form = `${revisions} revisions and ${seconds} seconds`;
			return judged(Math.abs(revisions) <= 2 && seconds <= 2, form);
		},
	},
	'change-listed': {
		statement: 'A change is listed within an hour.',
		judge: (seen) => {
			const isThere = isFound(seen, 'change-listed', 'page');
			return isThere === false ? notSeen('not at once') : judged(isThere, 'at once');
		},
	},
	'id-of-retry': {
		statement: 'retries carry the same id.',
		ask: async (session) => {
			await tag(session, 'tags-503', true, 503);
		},
		judge: (seen) => {
			const first = seen.deliveries.find(({ response }) => response === 503);
			if (first === undefined) return undefined;
			const all = seen.deliveries.filter(({ body }) => body.equals(first.body));
			if (all.length === 1) return notSeen('no retry while it was waited for');
			const ids = new Set(all.map(({ headers }) => headers[DELIVERY_HEADERS.deliveryId]));
			return judged(ids.size === 1, 'the same', 'another');
		},
	},
	'event-of-tags': {
		...counts('tags', 'pagetag_update'),
		ask: async (session) => await tag(session, 'tags', false),
	},
	'events-of-new-page': {
		statement:
			'A new page stands for *Page Created*; also for *Page Updated: Content* of revision 1 once the site has been seen to send it.',
		ask: async (session) => {
			const query = { since: apiTime(timeOfSite(session.seen)), include: 'tags' };
			for (const name of ['child', 'leaf', 'tip'] as const) await create(session, name);
			await look(session, 'find-below', { path: `${below(session)}/find`, query });
		},
		judge: (seen) => {
			const types = seen.typesAfter('child-create');
			const isBoth = types && PUBLISHING_EVENTS.every((type) => types.includes(type));
			return either(isBoth, knownTypes(types ?? []));
		},
	},
};

/** One failed attempt: a site disables a webhook after several in a row. */
export const failures: Questions = {
	'failure-of-4xx': {
		statement: 'The threshold is 10 failed attempts, 4xx included; any 2xx resets.',
		ask: async (session) => {
			await tag(session, 'tags-400', true, 400);
			await settle(session);
			await look(session, 'failure-of-4xx', { path: ownPath(session) });
		},
		judge: (seen) => {
			const failed = textOf(seen.root('failure-of-4xx', 'webhook'), 'consecutive-failures');
			const hasCome = seen.deliveries.some(({ response }) => response === 400);
			if (failed === undefined || !hasCome) return undefined;
			return judged(Number(failed) > 0, `consecutive-failures: ${Number(failed)}`);
		},
	},
};

export const removal: Questions = {
	'event-of-move': {
		...counts('move', ...Array<string>(4).fill('page_move')),
		ask: move,
	},
	'target-path': {
		statement:
			'`to` of a move, a copy and a restoration is decoded once more, too: so its `%` and `+` are encoded before the query is.',
		judge: (seen) => {
			const path = pagePath(child(seen.root('move', 'pages.moved'), 'page'));
			if (path === undefined) return undefined;
			return judged(path.endsWith('+moved'), 'as asked for', 'another path');
		},
	},
	'redirects-parameter': {
		statement:
			'Redirect pages have `redirect="true"` and `type="internal-redirect"` or `"external-redirect"`; `redirects=0` does not follow them.',
		ask: async (session) => {
			const path = `/pages/${pageKey(session.seen.own.paths!.page)}/info`;
			await look(session, 'redirects-parameter', { path, query: { redirects: 0 } });
		},
		judge: (seen, response) => {
			if (response === undefined || seen.root('move') === undefined) return undefined;
			if (!isSuccess(response) || hasAttribute(response, 'virtual', 'true')) return undefined;
			if (hasAttribute(response, 'redirect', 'true')) return judged(true, formOf(response));
			const isMoved = hasAttribute(response, 'id', seen.own.ids.page ?? '');
			if (isMoved) return either(false, 'gives the moved page');
			return judged(false, 'gives a redirect without a mark');
		},
	},
	'deleted-tree': {
		statement: 'A page and what went with it are one event.',
		ask: remove,
		judge: (seen) => {
			const count = seen.typesAfter('delete')?.length;
			return judged(count === undefined ? count : count === 1, `events for three pages: ${count}`);
		},
	},
	'deletion-time': {
		statement: '`date.deleted` and the time of the event are less than a minute apart.',
		judge: (seen) => {
			const shown = textOf(seen.root('archived', 'page.archive'), 'date.deleted');
			const told = attribute(seen.eventOf('delete', 'page_delete')?.xml, 'datetime');
			const seconds = secondsBetween(shown, told);
			return judged(Number.isNaN(seconds) ? undefined : seconds < 60, `${seconds} s apart`);
		},
	},
	'archive-lists-subpages': {
		statement: 'The list may also have what went along, and `subpages` the children alone.',
		judge: (seen) => {
			const isThere = isArchived(seen, 'archive-after', 'leaf');
			if (!isArchived(seen, 'archive-after', 'child')) return undefined;
			return judged(!isThere, 'not what went along', 'what went along, too');
		},
	},
	'archived-subpages': {
		statement: '`subpages` gives all below, and that and `restore` are 404 for what went along.',
		judge: (seen, response) => {
			const [isLeaf, isTip] = (['leaf', 'tip'] as const).map((name) => isArchived(seen, 'archived-subpages', name));
			if (isLeaf === false) return judged(false, formOf(response!));
			return either(isTip, 'all below', 'the children');
		},
	},
};

function at({ seen }: Session, kind: 'pages' | 'drafts' = 'pages'): string {
	return `/${kind}/${seen.own.ids.page}`;
}

/** Some sites make no drafts, or not for everyone. */
async function createPage(session: Session): Promise<void> {
	const path = `/drafts/${pageKey(session.seen.own.paths!.page)}/create`;
	session.hasDrafts = await change(session, 'draft-create', { path }, 'draft');
	if (session.hasDrafts) return await made(session, 'draft-create', 'page');
	const { status } = session.seen.responses.get('draft-create')!;
	if (![403, 404, 405].includes(status)) throw new Stopped('draft-create');
	await create(session, 'page');
}

async function create(session: Session, name: OwnPage): Promise<void> {
	const step = `${name}-create`;
	const path = `/pages/${pageKey(session.seen.own.paths![name])}/contents`;
	await must(session, step, { path, query: { edittime: 'now' }, body: XML }, 'edit');
	await made(session, step, name);
	await settle(session);
}

/** Without a title: a site may move a page to where its title leads. */
async function write(session: Session, step: string, kind: 'pages' | 'drafts', body: string) {
	const path = `${at(session, kind)}/contents`;
	const text = { body, type: 'text/plain; charset=utf-8' };
	await change(session, step, { path, query: { edittime: 'now' }, ...text }, 'edit');
}

/** A change that makes one event and nothing else. */
async function tag(session: Session, step: string, isTagged: boolean, response?: number) {
	if (session.listener) session.listener.planned = response;
	const tag = isTagged ? [{ '@value': session.seen.own.marker }] : [];
	const body = writeXml('tags', { tag });
	await change(session, step, { method: 'PUT', path: `${at(session)}/tags`, body }, 'tags');
}

async function move(session: Session): Promise<void> {
	const to = targetPath(session.seen.own.paths!.moved);
	await change(session, 'move', { path: `${at(session)}/move`, query: { to } }, 'pages.moved');
}

/** Deletes the tree in one call, unless it contains other people's pages. */
async function remove(session: Session): Promise<void> {
	const { ids } = session.seen.own;
	for (const name of ['child', 'leaf', 'tip'] as const) {
		const call = { path: `/pages/${ids[name]}/subpages` };
		const { status, document } = await look(session, `${name}-subpages`, call);
		const found = children(document?.root, 'page.subpage').map((page) => attribute(page, 'id'));
		const own: Array<string | undefined> = Object.values(ids);
		if (status !== 200 || !found.every((id) => own.includes(id))) return;
	}
	const query = { recursive: true, redirects: 0 };
	const path = `/pages/${ids.child}`;
	await change(session, 'delete', { method: 'DELETE', path, query }, 'deletedpages');
	await look(session, 'archived', { path: `/archive/pages/${ids.child}/info` });
	await look(session, 'archived-subpages', { path: `/archive/pages/${ids.child}/subpages` });
	const newest = { limit: 100, offset: 0 };
	await look(session, 'archive-after', { path: '/archive/pages', query: newest });
}

function below({ seen }: Session): string {
	const path = seen.own.paths!.page.split('/').slice(0, -1).join('/');
	return `/pages/${pageKey(path)}`;
}

function judgeRevision(seen: Seen, step: string, expected: '0' | '1') {
	const page = seen.root(step, 'page');
	if (page === undefined) return undefined;
	const revision = attribute(page, 'revision');
	const form = revision === undefined ? 'no revision' : `revision ${Number(revision)}`;
	return judged((revision ?? '0') === expected, form);
}

function isArchived(seen: Seen, step: string, name: OwnPage): boolean | undefined {
	const list = seen.root('delete') && seen.root(step, 'pages.archive');
	const id = seen.own.ids[name];
	return list && children(list, 'page.archive').some((page) => attribute(page, 'id') === id);
}

function secondsBetween(one: string | undefined, other: string | undefined): number {
	return Math.abs((siteTime(one) ?? Number.NaN) - (siteTime(other) ?? Number.NaN)) / 1000;
}
