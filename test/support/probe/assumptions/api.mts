import { pagePath, siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { bareToken } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	attribute,
	child,
	children,
	textOf,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { formOf, kindOf } from '../forms.mts';
import {
	byResponse,
	either,
	firstChild,
	hasAttribute,
	isSuccess,
	judged,
	notSeen,
	type Seen,
	type Verdict,
	type Assumptions,
} from '../seen.mts';
import type { SiteResponse } from '../site.mts';

/** What vendor-facts says of pages, drafts and the API, below its headings. */
export const apiAssumptions: Assumptions = {
	'server-token': {
		'An expired token counts as a bad one, see anonymous responses.': {
			'expired-token': (seen) => {
				const [expired, bad] = [seen.of('expired-token'), seen.of('bad-token')];
				if (expired === undefined || bad === undefined) return undefined;
				const form = `expired: ${callerForm(expired)}; bad: ${callerForm(bad)}`;
				return judged(callerForm(expired) === callerForm(bad), form);
			},
		},
	},
	'long-term-token': {
		'A JWT, shown once when a server token is created, sent as `Authorization: Bearer {jwt}`, good for ten years, until `exp`.':
			{ 'token-validity': judgeValidity },
	},
	'anonymous-responses': {
		'A bad or missing token can get 200 as user *Anonymous*.': {
			'bad-token': (seen) => {
				const response = seen.of('bad-token');
				if (response === undefined) return undefined;
				return either(hasAttribute(response, 'anonymous', 'true'), callerForm(response));
			},
		},
		'Other responses are silently shorter for Anonymous.': { 'bad-token-list': judgeShorter },
	},
	'xml-and-json': {
		'Ids and operation masks are text: masks exceed 2^53.': {
			'large-masks': (seen) => {
				const operations = firstChild(seen.root('user', 'user'), 'permissions.user', 'operations');
				const mask = attribute(operations, 'mask');
				if (mask === undefined) return undefined;
				return judged(Number(mask) > 2 ** 53, `mask: ${kindOf(mask)}`);
			},
		},
	},
	'error-bodies': {
		'Two styles, newer and older:': {
			'error-style': byResponse(
				'no-page',
				({ document }) => child(document?.root, 'exception') !== undefined,
				either,
			),
		},
	},
	'statuses-and-limits': {
		'no throttling under normal use.': {
			throttling: ({ throttled }) => {
				const [first] = throttled;
				if (first === undefined) return judged(true, 'neither 429 nor 503');
				const after = first.headers['retry-after'];
				const form = after === undefined ? 'without Retry-After' : `Retry-After: ${kindOf(after)}`;
				return judged(false, `${first.status}, ${form}`);
			},
		},
		'429 and 503 with `Retry-After` are honoured: within a call up to ten seconds, before recovery goes on an hour.':
			{ 'retry-after': 'says what the package does' },
	},
	'virtual-pages-and-redirects': {
		'A path without a page can get 200 with `virtual="true"` and `id="0"`.': {
			'missing-page': byResponse(
				'no-path',
				(response) =>
					hasAttribute(response, 'virtual', 'true') && hasAttribute(response, 'id', '0'),
				either,
			),
		},
		'Redirect pages have `redirect="true"` and `type="internal-redirect"` or `"external-redirect"`; `redirects=0` does not follow them.':
			{
				'redirects-parameter': (seen) => {
					const response = movedFrom(seen);
					if (response === undefined || !isPage(response)) return undefined;
					const isRedirect = hasAttribute(response, 'redirect', 'true');
					return either(isRedirect, isRedirect ? formOf(response) : 'gives the moved page');
				},
			},
		'A moved page leaves a redirect.': {
			'moved-page': (seen) => {
				const response = movedFrom(seen);
				return response && judged(isPage(response), `at the old path: ${formOf(response)}`);
			},
		},
	},
	'reading-pages': {
		'How deep `find` looks: either; *Get Many Changed Since* assumes the whole tree.': {
			'find-depth': judgeDepth,
		},
		'Whether `since` and `upto` belong to the period: either.': {
			'find-period': (seen) => {
				const pages = foundIn(seen, 'find-moment');
				const isFound = pages?.some((page) => isPageOf(page, seen, 'child-page'));
				if (isFound === undefined) return undefined;
				return either(isFound, isFound ? 'both belong to it' : 'at least one does not');
			},
		},
		'`find` gives all pages, however many, unless `totalcount` says more.': {
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
		},
		'A page is not below itself.': {
			'find-itself': (seen) => {
				const pages = foundIn(seen, 'find-own');
				const isThere = pages?.some((page) => isPageOf(page, seen, 'published-page'));
				return isThere === undefined
					? undefined
					: judged(!isThere, isThere ? 'find gives it' : 'find does not give it');
			},
		},
		'The root of `revisions?revision=N`: either.': {
			'revision-root': byResponse(
				'home-revision',
				({ document }) => document?.name === 'pages',
				either,
			),
		},
		'An unpublished page gives readers 403 or 404.': {
			'unpublished-page': (seen) => {
				const response = seen.of('draft-page-bad-token');
				if (response === undefined) return undefined;
				const { status } = response;
				return judged(status === 403 || status === 404, `to Anonymous: ${formOf(response)}`);
			},
		},
		'Empty `tags` of a draft or a deleted page say nothing.': {
			'tags-of-draft': (seen) => {
				const page = seen.root('draft-page', 'page');
				if (page === undefined || seen.root('draft-tags', 'tags') === undefined) {
					return notSeen('the draft could not be tagged');
				}
				const isEmpty = children(child(page, 'tags'), 'tag').length === 0;
				return judged(isEmpty, isEmpty ? 'the tags of the draft are not in it' : 'they are in it');
			},
		},
		'A deleted page has `date.deleted`.': {
			'deleted-page': byResponse(
				'deleted-page',
				({ document }) => textOf(document?.root, 'date.deleted') !== undefined,
			),
		},
		"An event that names no page: its `datetime` is within two seconds of the page's own `date.created`, `date.edited` or `date.deleted`.":
			{ 'time-of-deletion-event': (seen) => judgeDeletionTime(seen, 2) },
	},
	'writing-pages': {
		'As `text/plain` the body is read as HTML.': {
			'body-as-text': (seen) => judgeContents(seen, 'contents-plain', '<b>bold</b>'),
		},
		'`contents` takes an XML document (spec) or `text/plain` (code of the SDK, of drafts alike).': {
			'body-as-xml': (seen) => judgeContents(seen, 'contents-xml', '<i>slanted</i>'),
			'draft-as-text': (seen) => judgeContents(seen, 'draft-contents', '<b>bold</b>'),
		},
		'The HTTP status of a conflict is not stated.': {
			'conflict-status': byResponse('conflict', ({ status }) => status === 200, either),
		},
	},
	tags: {
		'System tags such as `article:…` must be sent back, else they are lost.': {
			'system-tags': (seen) => {
				const tags = seen.root('tags-after', 'tags');
				if (tags === undefined || seen.root('tags', 'tags') === undefined) return undefined;
				const isKept = children(tags, 'tag').some((tag) =>
					attribute(tag, 'value')?.startsWith('article:'),
				);
				return judged(!isKept, isKept ? 'kept by the site' : 'lost');
			},
		},
	},
	properties: {
		'A property can be overwritten without its `etag`, or that gives 409.': {
			'property-without-etag': byResponse('property-again', isSuccess, either),
		},
	},
	drafts: {
		'Without a draft: state `inactive`, or 404.': {
			'draft-of-page': byResponse(
				'draft-of-home',
				(response) => hasAttribute(response, 'state', 'inactive'),
				either,
			),
		},
		'Removing what has `deactivate="false"` gets 403.': {
			'draft-only': byResponse('second-draft-deactivate', ({ status }) => status === 403),
		},
	},
	search: {
		'Nothing of `types`: it is not sent.': { 'search-types': 'says what the package does' },
	},
	'content-network': {
		'Values of properties can be redirected, too.': {
			'property-value': byResponse('property-value', isRedirect, either),
		},
		'A site may redirect in spite of `nocache=true`.': {
			'file-without-cache': byResponse('file-content', (response) => !isRedirect(response), either),
		},
	},
	archive: {
		'The list has no order, and may have what went with a page.': {
			'archive-order': judgeOrder,
			'archive-lists-subpages': (seen) => {
				const list = seen.root('archive-after', 'pages.archive');
				if (list === undefined || seen.root('delete') === undefined) return undefined;
				const isThere = children(list, 'page.archive').some((page) =>
					isPageOf(page, seen, 'leaf-page'),
				);
				return either(isThere, isThere ? 'has it' : 'has only the page');
			},
		},
		'`subpages` gives all below or the children: either.': {
			'archived-subpages': (seen) => {
				const list = seen.root('archived-subpages', 'pages.archive');
				if (list === undefined) return undefined;
				const pages = children(list, 'page.archive');
				const [isChild, isDeep] = ['leaf-page', 'tip-page'].map((step) =>
					pages.some((page) => isPageOf(page, seen, step)),
				);
				if (!isChild) return judged(false, formOf(seen.of('archived-subpages')!));
				return either(isDeep === true, isDeep ? 'all below' : 'the children');
			},
		},
		'A page and what went with it are one event.': {
			'deleted-tree': (seen) => {
				const types = seen.typesDuring('delete');
				if (types === undefined) return undefined;
				return judged(types.length === 1, `events for three pages: ${types.length}`);
			},
		},
		'`date.deleted` and the time of the event are less than a minute apart.': {
			'deletion-time': (seen) => judgeDeletionTime(seen, 59),
		},
	},
	'what-the-site-tells-afterwards': {
		'A new page stands for *Page Created*; also for *Page Updated: Content* of revision 1 once the site has been seen to send it.':
			{
				'events-of-new-page': (seen) => {
					const types = seen.typesDuring('child-create');
					if (types === undefined) return undefined;
					const isBoth = ['page_create', 'pagecontent_update'].every((type) =>
						types.includes(type),
					);
					return either(isBoth, types.map((type) => `\`${type}\``).join(', ') || 'none');
				},
			},
		'A page without a revision stands for nothing: it is a draft, or a parent that Expert has made.':
			{
				'revision-of-draft': (seen) => {
					const page = seen.root('draft-page', 'page');
					if (page === undefined) return undefined;
					const revision = attribute(page, 'revision');
					const form = revision === undefined ? 'no revision' : `revision ${Number(revision)}`;
					return judged(revision === undefined || revision === '0', form);
				},
			},
		'A first revision younger than its page is the publication of a draft.': {
			'first-revision': judgeFirstRevision,
		},
		'Events and the API differ by at most two revisions and two seconds.': {
			'revision-of-event': judgeEventRevision,
			'time-of-event': judgeEventTime,
		},
		'A change is listed within an hour.': {
			'change-listed': (seen) => {
				const pages = foundIn(seen, 'find-edited');
				const isThere = pages?.some((page) => isPageOf(page, seen, 'edited-page'));
				if (isThere === undefined) return undefined;
				return isThere ? judged(true, 'at once') : notSeen('not at once');
			},
		},
		'A copied, restored or imported page looks created when its `date.created` is new.': {
			'created-date': 'says how the package reads a date',
		},
	},
	'site-jobs': {
		'A job whose items are all done has ended.': { 'job-status': judgeJobs },
		'If the call is refused, nothing is said of jobs.': {
			'jobs-refused': 'says what the package does',
		},
	},
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
	return isShorter
		? judged(true, '200 with fewer pages')
		: notSeen('200 with as many pages: all that were asked for are public');
}

/** The old path, if the page was moved. */
function movedFrom(seen: Seen): SiteResponse | undefined {
	return seen.root('move', 'pages.moved') && seen.of('moved-from');
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

/** Whether a page of a list is the one that another step has read. */
function isPageOf(page: XmlElement, seen: Seen, step: string): boolean {
	const id = attribute(seen.root(step, 'page'), 'id');
	return id !== undefined && attribute(page, 'id') === id;
}

/** By the probe's own pages, or by any page that is not directly below the home page. */
function judgeDepth(seen: Seen): Verdict | undefined {
	const own = foundIn(seen, 'find-below');
	if (own !== undefined) {
		const isDeep = own.some((page) => isPageOf(page, seen, 'child-page'));
		return either(isDeep, isDeep ? 'pages at any depth' : 'children only');
	}
	const paths = foundIn(seen, 'home-find')?.map((page) => pagePath(page) ?? '') ?? [];
	// Within the name of a page, a slash is written as two.
	const isDeep = paths.some((path) => path.replaceAll('//', '').includes('/'));
	return isDeep ? either(true, 'pages at any depth') : undefined;
}

function judgeContents(seen: Seen, step: string, html: string): Verdict | undefined {
	const content = seen.root(step, 'content');
	if (content === undefined) return undefined;
	const body = textOf(content, 'body') ?? '';
	if (body.includes(html)) return judged(true, 'comes back as HTML');
	const isEscaped = body.includes(html.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
	return judged(false, isEscaped ? 'comes back as escaped text' : 'comes back changed');
}

function judgeOrder(seen: Seen): Verdict | undefined {
	const list = seen.root('archive', 'pages.archive');
	const dates = children(list, 'page.archive').map((page) => textOf(page, 'date.deleted') ?? '');
	if (new Set(dates).size < 2) return undefined;
	const isRising = dates.every((date, index) => index === 0 || date >= dates[index - 1]!);
	const isFalling = dates.every((date, index) => index === 0 || date <= dates[index - 1]!);
	if (isFalling) return either(false, 'the newest deletion first');
	return isRising ? either(false, 'the oldest deletion first') : judged(true, 'by no date');
}

/** How far the event of a deletion is from the date in the archive. */
function judgeDeletionTime(seen: Seen, maxSeconds: number): Verdict | undefined {
	const deleted = siteTime(textOf(seen.root('archived', 'page.archive'), 'date.deleted'));
	const told = siteTime(attribute(seen.eventsOf('page_delete')[0]?.xml, 'datetime'));
	if (deleted === undefined || told === undefined) return undefined;
	const seconds = Math.abs(deleted - told) / 1000;
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
	const event = seen.eventsOf('pagecontent_update').find(isOfStep('edit-plain'));
	const [told, shown] = [
		textOf(event?.xml, 'revision'),
		attribute(seen.root('edited-page', 'page'), 'revision'),
	];
	if (told === undefined || shown === undefined) return undefined;
	const difference = Number(told) - Number(shown);
	const form = difference === 0 ? 'the same revision' : `revisions differ by ${difference}`;
	return judged(Math.abs(difference) <= 2, form);
}

function judgeEventTime(seen: Seen): Verdict | undefined {
	const event = seen.eventsOf('pagecontent_update').find(isOfStep('edit-plain'));
	const told = siteTime(attribute(event?.xml, 'datetime'));
	const shown = siteTime(textOf(seen.root('edited-page', 'page'), 'date.edited'));
	if (told === undefined || shown === undefined) return undefined;
	const seconds = Math.abs(told - shown) / 1000;
	return judged(seconds <= 2, `${seconds} s apart`);
}

const isOfStep =
	(step: string) =>
	({ delivery }: { delivery: { step: string } }) =>
		delivery.step === step;

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
