import { pagePath, siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { bareToken } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	attribute,
	child,
	children,
	textOf,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { PUBLISHING_EVENTS } from '../../../../nodes/CxoneExpert/event/choices.ts';
import { code, formOf, kindOf, NEWEST_FIRST, orderOf } from '../forms.mts';
import {
	byResponse,
	either,
	firstChild,
	hasAttribute,
	isSuccess,
	judged,
	notSeen,
	ofStep,
	revisionIn,
	type Seen,
	type Verdict,
	type Judges,
} from '../seen.mts';
import type { SiteResponse } from '../site.mts';

/** Statements of vendor-facts about pages, drafts and the API. */
export const apiJudges: Judges = {
	'expired-token': (seen) => {
		const [expired, bad] = [seen.of('expired-token'), seen.of('bad-token')];
		if (expired === undefined || bad === undefined) return undefined;
		const form = `expired: ${callerForm(expired)}; bad: ${callerForm(bad)}`;
		return judged(callerForm(expired) === callerForm(bad), form);
	},
	'token-validity': judgeValidity,
	'bad-token': ofStep('bad-token', (response) =>
		either(hasAttribute(response, 'anonymous', 'true'), callerForm(response)),
	),
	'admin-by-group': (seen) => {
		const user = seen.root('user', 'user');
		const [own, effective] = ['permissions.user', 'permissions.effective'].map((name) =>
			textOf(child(user, name), 'operations')?.split(',').includes('ADMIN'),
		);
		if (own === undefined || effective === undefined) return undefined;
		if (own === effective) return notSeen('both blocks say the same of this user');
		return judged(effective, 'an admin in the effective permissions alone');
	},
	'bad-token-list': judgeShorter,
	'anonymous-refusal': ofStep('home-children-bad-token', (response) => {
		if (isSuccess(response)) return notSeen('may read the first pages');
		return either(response.status === 401, String(response.status));
	}),
	'refusal-words': 'the report has no words of the site',
	'authenticate-parameter': ofStep('bad-token-asked', (response) =>
		judged(response.status === 401, callerForm(response)),
	),
	'large-masks': (seen) => {
		const operations = firstChild(seen.root('user', 'user'), 'permissions.user', 'operations');
		const mask = attribute(operations, 'mask');
		if (mask === undefined) return undefined;
		return judged(Number(mask) > 2 ** 53, `mask: ${kindOf(mask)}`);
	},
	'error-style': byResponse(
		'no-page',
		({ document }) => child(document?.root, 'exception') !== undefined,
		either,
	),
	'broken-call': 'a probe breaks nothing',
	throttling: ({ throttled }) => {
		const [first] = throttled;
		if (first === undefined) return judged(true, 'neither 429 nor 503');
		const after = first.headers['retry-after'];
		const form = after === undefined ? 'without Retry-After' : `Retry-After: ${kindOf(after)}`;
		return judged(false, `${first.status}, ${form}`);
	},
	'retry-after': 'says what the package does',
	'odd-path': 'a page could come to stand where the probe does not look',
	'plus-in-path': (seen) => {
		const page = firstChild(seen.root('plus-create', 'edit'), 'page');
		const path = page && pagePath(page);
		if (path === undefined) return undefined;
		return either(!path.includes('+'), 'becomes another character', 'stays');
	},
	'target-path': (seen) => {
		const page = firstChild(seen.root('plus-move', 'pages.moved'), 'page');
		const path = page && pagePath(page);
		return path === undefined
			? undefined
			: judged(path.endsWith('/A+B'), 'as asked for', 'another path');
	},
	'accent-in-path': (seen) => {
		const response = seen.of('page-by-accent');
		const id = attribute(seen.root('edited-page', 'page'), 'id');
		if (response === undefined || id === undefined) return undefined;
		const isSame = hasAttribute(response, 'id', id);
		return judged(isSame, 'leads to the page', 'leads to no page');
	},
	'odd-address': 'the probe makes no page of such a path',
	'slash-in-name': 'the probe makes no page of such a path',
	'missing-page': byResponse(
		'no-path',
		(response) => hasAttribute(response, 'virtual', 'true') && hasAttribute(response, 'id', '0'),
		either,
	),
	'redirects-parameter': (seen) => {
		const response = movedFrom(seen);
		if (response === undefined || !isPage(response)) return undefined;
		if (hasAttribute(response, 'redirect', 'true')) return judged(true, formOf(response));
		if (isMoved(response, seen)) return either(false, 'gives the moved page');
		return judged(false, 'gives a redirect without a mark');
	},
	'redirect-without-mark': 'the probe writes to no redirect',
	'redirects-elsewhere': 'the probe writes to no redirect',
	'moved-page': (seen) => {
		const response = movedFrom(seen);
		return response && judged(isPage(response), `at the old path: ${formOf(response)}`);
	},
	'find-depth': judgeDepth,
	'find-period': (seen) =>
		either(
			isFound(seen, 'find-moment', 'child-page'),
			'both belong to it',
			'at least one does not',
		),
	'find-total': (seen) => {
		const pages = foundIn(seen, 'home-find');
		const total = attribute(seen.root('home-find', 'pages'), 'totalcount');
		if (pages === undefined) return undefined;
		const form = total === undefined ? 'no totalcount' : 'totalcount is their number';
		return judged(
			total === undefined || Number(total) === pages.length,
			Number(total ?? pages.length) === pages.length ? form : 'totalcount is another number',
		);
	},
	'find-limit': (seen) => {
		const pages = foundIn(seen, 'home-find-ever');
		if (pages === undefined) return undefined;
		if (pages.length < MAX_FOUND) return notSeen('the site has fewer pages');
		const total = Number(attribute(seen.root('home-find-ever', 'pages'), 'totalcount') ?? 0);
		const more = total > pages.length ? 'totalcount says more' : 'totalcount says no more';
		const order = orderOf(pages.map((page) => textOf(page, 'date.modified') ?? ''));
		return judged(pages.length === MAX_FOUND, `1,000; ${more}; ${order}`, 'more than 1,000');
	},
	'find-itself': (seen) => {
		const isThere = isFound(seen, 'find-own', 'edited-page');
		const holds = isThere === undefined ? undefined : !isThere;
		return judged(holds, 'find does not give it', 'find gives it');
	},
	'emoji-references': 'each form is read',
	'revision-root': byResponse('home-revision', ({ document }) => document?.name === 'page', either),
	descriptions: 'nothing reads them',
	'modified-date': 'there would have to be minutes between two changes',
	'unpublished-page': byResponse(
		'draft-page-bad-token',
		({ status }) => status === 403 || status === 404,
		(holds, form) => judged(holds, `to Anonymous: ${form}`),
	),
	'tags-of-draft': (seen) => {
		const page = seen.root('draft-page', 'page');
		if (page === undefined || seen.root('draft-tags', 'tags') === undefined) {
			return notSeen('the draft could not be tagged');
		}
		const isEmpty = children(child(page, 'tags'), 'tag').length === 0;
		return judged(isEmpty, 'the tags of the draft are not in it', 'they are in it');
	},
	'deleted-page': byResponse(
		'deleted-page',
		({ document }) => textOf(document?.root, 'date.deleted') !== undefined,
	),
	'time-of-deletion-event': (seen) => judgeDeletionTime(seen, 2),
	'body-as-text': (seen) => judgeContents(seen, 'contents-plain'),
	'draft-as-text': (seen) => judgeContents(seen, 'draft-contents'),
	'body-as-html': 'says what the package does not send',
	'tidied-html': (seen) => {
		const body = textOf(seen.root('contents-plain', 'content'), 'body');
		if (body === undefined) return undefined;
		return judged(!/<b>/i.test(body), '`b` comes back as another element', '`b` comes back');
	},
	'conflict-status': byResponse('conflict', ({ status }) => status === 409, either),
	'same-text': (seen) => {
		const [before, after] = ['edit-plain', 'edit-same'].map((step) =>
			attribute(firstChild(seen.root(step, 'edit'), 'page'), 'revision'),
		);
		if (before === undefined || after === undefined) return undefined;
		return judged(before === after, 'the same revision', 'another revision');
	},
	'event-of-same-text': (seen) => {
		const types = seen.typesDuring('edit-same');
		return types && judged(types.length === 0, types.map(code).join(', ') || 'none');
	},
	'section-of-nothing': byResponse('section-of-nothing', ({ status }) => status === 400),
	'page-left-behind': 'the probe removes its pages from below',
	'saved-conflict': 'two would have to edit at the same moment',
	'followed-title': 'the probe sets each title',
	'home-page': 'the probe changes no page but its own',
	'newer-version': 'two would have to edit at the same moment',
	'moved-pages': (seen) => {
		const moved = seen.root('move', 'pages.moved');
		if (moved === undefined || seen.root('tip-create', 'edit') === undefined) return undefined;
		const count = children(moved, 'page').length;
		return either(count === 5, `of five pages: ${count}`);
	},
	'system-tags': (seen) => {
		const tags = seen.root('tags-after', 'tags');
		if (tags === undefined || seen.root('tags', 'tags') === undefined) return undefined;
		const isKept = children(tags, 'tag').some((tag) =>
			attribute(tag, 'value')?.startsWith('article:'),
		);
		return judged(!isKept, 'lost', 'kept by the site');
	},
	'event-of-same-tags': (seen) => {
		const types = seen.typesDuring('tags-same');
		return types && judged(types.length > 0, types.map(code).join(', ') || 'none');
	},
	'accent-in-tag': (seen) => {
		const tags = seen.root('tags-accent', 'tags');
		if (tags === undefined) return undefined;
		const isGone = children(tags, 'tag').length === 0;
		// The site took both for one, removed it and had nothing to add.
		if (isGone) return judged(true, 'the tag is gone, and none is in its place');
		return notSeen('the page has one; of other pages nothing is known');
	},
	'type-of-tag': 'the probe sets tags of one kind',
	'order-of-tags': 'the package takes them in any order',
	'property-without-etag': ofStep('property-again', (response) => {
		const property = child(response.document?.root, 'property');
		const within = Number(attribute(child(property, 'status'), 'code') ?? Number.NaN);
		const form = `${response.status}, for the property ${Number.isNaN(within) ? 'no status' : within}`;
		return either(response.status === 207 && within === 409, form);
	}),
	'empty-property': 'the probe leaves its property where it is',
	'twin-properties': 'two would have to write at the same moment',
	'removed-file': byResponse('file-removed', ({ status }) => status === 404, either),
	'case-of-file': 'the package sends each name as it is entered',
	'ending-of-file': 'says what a site may do',
	'user-filter': (seen) => {
		const isThere = hasUser(seen, 'users-by-part');
		const holds = isThere === undefined ? undefined : !isThere;
		return either(holds, 'a later part does not find the user', 'any part finds the user');
	},
	'two-user-filters': (seen) => {
		const isThere = hasUser(seen, 'users-by-either');
		return either(isThere, 'one of them is enough', 'both must match');
	},
	'draft-of-page': byResponse(
		'draft-of-home',
		(response) => hasAttribute(response, 'state', 'inactive'),
		either,
	),
	'draft-only': byResponse('second-draft-deactivate', ({ status }) => status === 403),
	'draft-again': 'says what the package bears',
	'drafts-below': 'the probe makes its drafts at one depth',
	'listed-drafts': 'says what the package bears',
	'reverted-page': 'the probe reverts nothing',
	'same-revisions': 'the probe compares nothing',
	'marked-words': 'the probe compares nothing',
	'revision-gaps': 'it takes revisions that somebody has hidden or removed',
	'authenticate-refused': 'says what the package takes for a refusal',
	'search-types': 'says what the package does',
	'search-count': 'a search counts against the license',
	'search-syntax': 'a search counts against the license',
	'tagged-below': 'the probe has no pages with tags at two depths',
	'unused-tag': 'either is read as no pages',
	'tags-of-many-pages': 'the probe changes the tags of its own page only',
	'low-quality': 'nobody opens results while the probe runs',
	'quoted-terms': 'the probe does not read what people searched for',
	'grouped-queries': 'the probe does not read what people searched for',
	'link-offsets': 'the probe has too few links',
	'passages-missing': 'a site has the product or not: the node says the same of both statuses',
	'passages-of-files': 'a new site has no passages yet: they are made hours later',
	'property-value': byResponse('property-value', isRedirect, either),
	'file-without-cache': byResponse('file-content', (response) => !isRedirect(response), either),
	'archive-order': judgeOrder,
	'archive-lists-subpages': (seen) => {
		if (seen.root('delete') === undefined) return undefined;
		const isThere = isArchived(seen, 'archive-after', 'leaf-page');
		const holds = isThere === undefined ? undefined : !isThere;
		return either(holds, 'not what went along', 'what went along, too');
	},
	'archived-along': (seen) => {
		if (seen.root('delete') === undefined) return undefined;
		const response = seen.of('archived-along');
		return response && either(response.status === 404, formOf(response));
	},
	'archive-title': (seen) => {
		if (seen.root('delete') === undefined) return undefined;
		// Asked by the title of the page below it.
		const isThere = isArchived(seen, 'archive-after', 'child-page');
		return judged(isThere, 'any part of a path', 'the title alone');
	},
	'archive-readings': 'says what the package bears',
	'archived-subpages': (seen) => {
		const [isChild, isTwin, isDeep] = ['leaf-page', 'twin-page', 'tip-page'].map((step) =>
			isArchived(seen, 'archived-subpages', step),
		);
		if (isChild === false || isTwin === false)
			return judged(false, formOf(seen.of('archived-subpages')!));
		return either(isDeep, 'all below', 'the children');
	},
	'deleted-tree': (seen) => {
		const count = seen.typesDuring('delete')?.length;
		return judged(count === undefined ? count : count === 1, `events for four pages: ${count}`);
	},
	'deleted-pages': (seen) => {
		const count = seen.typesDuring('delete')?.length;
		return judged(count === undefined ? count : count === 4, `events for four pages: ${count}`);
	},
	'deletion-time': (seen) => judgeDeletionTime(seen, 59),
	'events-of-new-page': (seen) => {
		const types = seen.typesDuring('child-create');
		const isBoth = types && PUBLISHING_EVENTS.every((type) => types.includes(type));
		return either(isBoth, types?.map(code).join(', ') || 'none');
	},
	'creation-alone': (seen) => {
		const types = seen.typesDuring('child-create');
		return types && judged(types.join() === 'page_create', types.map(code).join(', ') || 'none');
	},
	'revision-of-draft': (seen) => {
		const { revision, form } = revisionIn(seen, 'draft-page');
		return form === undefined ? undefined : judged((revision ?? '0') === '0', form);
	},
	'first-revision': judgeFirstRevision,
	'revision-of-event': judgeEventRevision,
	'time-of-event': judgeEventTime,
	'change-listed': (seen) => {
		const isThere = isFound(seen, 'find-edited', 'edited-page');
		return isThere === false ? notSeen('not at once') : judged(isThere, 'at once');
	},
	'created-date': 'says how the package reads a date',
	'job-status': judgeJobs,
	'jobs-refused': 'says what the package does',
};

/** Which user the site takes a caller for. */
function callerForm(response: SiteResponse): string {
	if (!isSuccess(response)) return String(response.status);
	const isAnonymous = hasAttribute(response, 'anonymous', 'true');
	return `${response.status} as ${isAnonymous ? 'Anonymous' : 'a user'}`;
}

function judgeValidity({ credential }: Seen): Verdict | undefined {
	if (credential.authentication !== 'jwt') return undefined;
	const claims = claimsOf(bareToken(credential));
	const seconds = Number(claims.exp) - Number(claims.iat);
	if (Number.isNaN(seconds)) return judged(false, 'no JWT with `exp` and `iat`');
	const years = Math.round((seconds / 31_557_600) * 10) / 10;
	return judged(years === 10, `\`exp\` is ${years} years after \`iat\``);
}

function claimsOf(token: string): { exp?: unknown; iat?: unknown } {
	try {
		const [, claims = ''] = token.split('.');
		return JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
	} catch {
		return {};
	}
}

function judgeShorter(seen: Seen): Verdict | undefined {
	const [ours, theirs] = [seen.root('home-children'), seen.of('home-children-bad-token')];
	if (ours === undefined || theirs === undefined) return undefined;
	if (!isSuccess(theirs)) return judged(false, formOf(theirs));
	const count = (root?: XmlElement) => children(root, 'page.subpage').length;
	const isShorter = count(theirs.document?.root) < count(ours);
	if (isShorter) return judged(true, '200 with fewer pages');
	return notSeen('200 with as many pages: all that were asked for are public');
}

/** The old path, if the page was moved. */
function movedFrom(seen: Seen): SiteResponse | undefined {
	return seen.root('move', 'pages.moved') && seen.of('moved-from');
}

/** Whether the response is the page that was moved, by its ID. */
function isMoved(response: SiteResponse, seen: Seen): boolean {
	const moved = children(seen.root('move', 'pages.moved'), 'page');
	return moved.some((page) => hasAttribute(response, 'id', attribute(page, 'id') ?? ''));
}

function isPage(response: SiteResponse): boolean {
	const isThere = isSuccess(response) && response.document?.name === 'page';
	return isThere && !hasAttribute(response, 'virtual', 'true');
}

function isRedirect({ status }: SiteResponse): boolean {
	return status >= 300 && status < 400;
}

function foundIn(seen: Seen, step: string): XmlElement[] | undefined {
	const root = seen.root(step, 'pages');
	return root && children(root, 'page');
}

/** Whether a step has found the page that another one has read. */
function isFound(seen: Seen, step: string, page: string): boolean | undefined {
	return hasPageOf(foundIn(seen, step), seen, page);
}

/** Whether a search has found the user of the token. */
function hasUser(seen: Seen, step: string): boolean | undefined {
	const id = attribute(seen.root('user', 'user'), 'id');
	const users = seen.root(step, 'users');
	return users && children(users, 'user').some((user) => attribute(user, 'id') === id);
}

function isArchived(seen: Seen, step: string, page: string): boolean | undefined {
	const list = seen.root(step, 'pages.archive');
	return hasPageOf(list && children(list, 'page.archive'), seen, page);
}

function hasPageOf(pages: XmlElement[] | undefined, seen: Seen, step: string) {
	const id = attribute(seen.root(step, 'page'), 'id');
	return pages?.some((page) => id !== undefined && attribute(page, 'id') === id);
}

/** By the probe's own pages, or by any page that is not directly below the home page. */
function judgeDepth(seen: Seen): Verdict | undefined {
	const isOwnDeep = isFound(seen, 'find-below', 'child-page');
	if (isOwnDeep !== undefined) return either(isOwnDeep, 'pages at any depth', 'children only');
	const paths = foundIn(seen, 'home-find')?.map((page) => pagePath(page) ?? '') ?? [];
	// Within the name of a page, a slash is written as two.
	const isDeep = paths.some((path) => path.replaceAll('//', '').includes('/'));
	return either(isDeep || undefined, 'pages at any depth');
}

/** What `find` gives at most. */
const MAX_FOUND = 1000;

const ESCAPED_BOLD = '&lt;strong&gt;bold&lt;/strong&gt;';

function judgeContents(seen: Seen, step: string): Verdict | undefined {
	const content = seen.root(step, 'content');
	if (content === undefined) return undefined;
	const body = textOf(content, 'body') ?? '';
	if (body.includes('<strong>bold</strong>')) return judged(true, 'comes back as HTML');
	const isEscaped = body.includes(ESCAPED_BOLD);
	return judged(false, isEscaped ? 'comes back as escaped text' : 'comes back changed');
}

function judgeOrder(seen: Seen): Verdict | undefined {
	const list = seen.root('archive', 'pages.archive');
	const dates = children(list, 'page.archive').map((page) => textOf(page, 'date.deleted') ?? '');
	if (new Set(dates).size < 2) return undefined;
	const order = orderOf(dates);
	return either(order === NEWEST_FIRST, order);
}

/** How far the event of a deletion is from the date in the archive. */
function judgeDeletionTime(seen: Seen, maxSeconds: number): Verdict | undefined {
	const deleted = textOf(seen.root('archived', 'page.archive'), 'date.deleted');
	const [event] = seen.eventsOf('page_delete');
	return judgeTimes(deleted, attribute(event?.xml, 'datetime'), maxSeconds);
}

function judgeTimes(shown: string | undefined, told: string | undefined, maxSeconds: number) {
	const [one, other] = [siteTime(shown), siteTime(told)];
	if (one === undefined || other === undefined) return undefined;
	const seconds = Math.abs(one - other) / 1000;
	return judged(seconds <= maxSeconds, `${seconds} s apart`);
}

function judgeFirstRevision(seen: Seen): Verdict | undefined {
	const [first, ...more] = children(seen.root('published-revisions', 'pages'), 'page');
	const [created, edited] = ['date.created', 'date.edited'].map((name) =>
		siteTime(textOf(first, name)),
	);
	if (created === undefined || edited === undefined || more.length > 0) return undefined;
	if (edited === created) return notSeen('one revision, of the same second as its page');
	return judged(edited > created, `one revision, ${edited > created ? 'younger' : 'older'}`);
}

function judgeEventRevision(seen: Seen): Verdict | undefined {
	const told = textOf(eventOfEdit(seen)?.xml, 'revision');
	const shown = attribute(seen.root('edited-page', 'page'), 'revision');
	if (told === undefined || shown === undefined) return undefined;
	const difference = Number(told) - Number(shown);
	const form = difference === 0 ? 'the same revision' : `revisions differ by ${difference}`;
	return judged(Math.abs(difference) <= 2, form);
}

function judgeEventTime(seen: Seen): Verdict | undefined {
	const shown = textOf(seen.root('edited-page', 'page'), 'date.edited');
	return judgeTimes(shown, attribute(eventOfEdit(seen)?.xml, 'datetime'), 2);
}

const eventOfEdit = (seen: Seen) =>
	seen.eventsOf('pagecontent_update').find(({ delivery }) => delivery.step === 'edit-plain');

const KNOWN_STATUS = /^(SUBMITTED|IN_PROGRESS|COMPLETED|CANCELLED)$/;
const ENDED = /^(complete|success|fail|cancel|abort|done|finish|error|stop|end)/i;

function judgeJobs(seen: Seen): Verdict | undefined {
	const root = seen.root('jobs', 'jobs');
	const jobs = children(root, 'job');
	if (jobs.length === 0) return root && notSeen('no jobs');
	const isEnded = (job: XmlElement) => ENDED.test(attribute(job, 'status') ?? '');
	const isComplete = (job: XmlElement) => {
		const [done, all] = [textOf(job, 'completeditems'), textOf(job, 'totalitems')];
		return done !== undefined && done === all;
	};
	const statuses = [...new Set(jobs.map((job) => attribute(job, 'status') ?? ''))];
	const shown = statuses.map((status) => (KNOWN_STATUS.test(status) ? status : 'another'));
	const isAsAssumed = jobs.every((job) => !isComplete(job) || isEnded(job));
	return judged(isAsAssumed && !shown.includes('another'), `status: ${shown.join(', ')}`);
}
