import { allNeed, ok, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { adminRequired, invalidInput, missingParameter } from '../http/errors.mts';
import { isoSeconds, uuidV1 } from '../events/event.mts';
import { normalPath, type Page, plainText } from '../site/pages.mts';
import type { SiteJob } from '../site/site.mts';
import { mayDo } from '../site/users.mts';
import type { XmlData } from '../xml.mts';
import { decodeAgain, maySee } from './page-key.mts';
import type { ApiXml } from './xml.mts';

export const siteRoutes: Route[] = [
	...allNeed('READ', [['get', '/site/query', search]]),
	['get', '/site/jobs', listJobs],
];

interface Hit {
	page: Page;
	rank: number;
}

const orders = ['-rank', 'rank', 'title', '-title', 'modified', '-modified'] as const;

/**
 * Every word must be in title, path or text; a word in the title counts double. Nothing like the
 * vendor's ranking. Only pages are found, also where
 * `constraint` does not ask for that, and drafts never. See docs/vendor-facts.md#search.
 */
function search(call: Call, { site, settings, xml }: Backend): Reply {
	if (call.query.has('types')) throw invalidInput("what 'types' takes is not known");
	call.oneOf('constraint', ['', 'type:wiki']);
	const query = call.query.get('q');
	if (query === null) throw missingParameter('q');
	if (!call.flag('notrack')) site.trackedSearches++;
	const words = wordsOf(query);
	const hits = site.pages.current
		.filter((page) => page.draftState !== 'unpublished' && maySee(call.user, page))
		.filter((page) => isWanted(call, page))
		.map((page) => ({ page, rank: rankOf(page, words) }))
		.filter(({ rank }) => rank > 0)
		.sort(orderOf(call.oneOf('sortby', orders)));
	const recommended = recommendationsOf(call, site.pages.home);
	const shown = [...recommended, ...call.window(hits, 25, settings)];
	const result = shown.map((hit) => resultXml(hit, xml));
	const counts = {
		'@querycount': hits.length,
		'@count.recommendations': recommended.length,
		'@count': result.length,
	};
	return ok({ search: { ...counts, result } });
}

/** The words that a page must have: a query without what is syntax. */
function wordsOf(query: string): string[] {
	return query
		.replace(/\b(AND|OR|NOT)\b|(?<!\S)-\S+|&&|\|\||\\|[!(){}[\]^"~*?:]|(?<!\S)\+/g, ' ')
		.toLowerCase()
		.split(/\s+/)
		.filter(Boolean);
}

/** Before what was found, unless they are not wanted; which ones is up to the site. */
function recommendationsOf(call: Call, page: Page): Hit[] {
	const isFirst = call.offset === 0;
	return call.flag('recommendations', true) && isFirst ? [{ page, rank: 1 }] : [];
}

/** `tags`, all of them, and `pathancestors`. */
function isWanted(call: Call, page: Page): boolean {
	return call.list('tags').every((tag) => page.tags.includes(tag)) && isBelow(call, page);
}

/** `pathancestors`: one of them; each path encoded. */
export function isBelow(call: Call, page: Page): boolean {
	const ancestors = call.list('pathancestors').map(pathOf);
	const path = `${page.path.toLowerCase()}/`;
	const isIn = (each: string) => path.startsWith(`${each.toLowerCase()}/`);
	return ancestors.length === 0 || ancestors.some(isIn);
}

/** Entries of a comma-separated list: see docs/vendor-facts.md#search. */
const pathOf = (entry: string) => normalPath(decodeAgain(entry));

function rankOf(page: Page, words: string[]): number {
	const title = page.title.toLowerCase();
	const text = `${title} ${page.path} ${plainText(page.html)}`.toLowerCase();
	if (!words.every((word) => text.includes(word))) return 0;
	const inTitle = words.filter((word) => title.includes(word)).length;
	return (words.length + inTitle) / (2 * Math.max(1, words.length));
}

function orderOf(sortBy: (typeof orders)[number]): (a: Hit, b: Hit) => number {
	const sign = sortBy.startsWith('-') ? -1 : 1;
	const compare = {
		rank: (a: Hit, b: Hit) => a.rank - b.rank,
		title: (a: Hit, b: Hit) => a.page.title.localeCompare(b.page.title),
		modified: (a: Hit, b: Hit) => a.page.modified.getTime() - b.page.modified.getTime(),
	}[sortBy.replace('-', '') as 'rank' | 'title' | 'modified'];
	return (a, b) => sign * compare(a, b);
}

function resultXml({ page, rank }: Hit, xml: ApiXml): XmlData {
	const { id, path, title } = page;
	const ui = xml.ui(path);
	const text = plainText(page.html);
	return {
		...{ id, uri: ui, rank, title },
		page: { title, path, 'uri.ui': ui },
		author: page.author,
		preview: text.slice(0, 200),
		'date.modified': isoSeconds(page.modified),
		content: text,
		type: 'page',
		tag: page.tags,
	};
}

/** See docs/vendor-facts.md#site-jobs. */
function listJobs({ user }: Call, { site }: Backend): Reply {
	if (!mayDo(user, 'ADMIN')) throw adminRequired();
	return ok({ jobs: { job: site.jobs.map(jobXml) } });
}

/** A job that is only submitted has no items yet. */
function jobXml({ type, status, completed, total, at }: SiteJob): XmlData {
	return {
		...{ '@id': uuidV1(at), '@type': type, '@status': status },
		...(status === 'SUBMITTED' ? {} : { completeditems: completed, totalitems: total }),
	};
}
