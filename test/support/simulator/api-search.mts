import { maySee } from './access.mts';
import type { Backend } from './backend.mts';
import {
	flag,
	listOf,
	need,
	ok,
	oneOf,
	windowOf,
	type Call,
	type Reply,
	type Route,
	wholeNumber,
} from './call.mts';
import { missingParameter } from './errors.mts';
import { isoSeconds } from './events.mts';
import { dekiXml, type PageXml } from './page-xml.mts';
import { normalPath, type Page } from './pages.mts';
import { plainText } from './plain-text.mts';
import { meetsConstraint } from './search-constraint.mts';
import type { XmlData } from './xml.mts';

/** `site/query`: see docs/vendor-facts.md#search. */
export function searchRoutes(backend: Backend): Route[] {
	return [['get', '/site/query', (call) => query(call, backend)]];
}

interface Hit {
	page: Page;
	rank: number;
}

const orders = ['-rank', 'rank', 'title', '-title', 'modified', '-modified'] as const;

/**
 * Every word must be in title, path or text; a word in the title counts double. Nothing like the
 * vendor's ranking. Only pages are found, and drafts never.
 */
function query(call: Call, { site, settings, xml }: Backend): Reply {
	need(call, 'READ');
	const words = call.query.get('q')?.toLowerCase().split(/\s+/).filter(Boolean);
	if (!words) throw missingParameter('q');
	if (!flag(call, 'notrack')) site.trackedSearches++;
	const hits = site.pages.current
		.filter((page) => page.draftState !== 'unpublished' && maySee(call.user, page))
		.filter((page) => isWanted(call, page))
		.map((page) => ({ page, rank: rankOf(page, words) }))
		.filter(({ rank }) => rank > 0)
		.sort(orderOf(oneOf(call, 'sortby', orders)));
	// Unless they are not wanted, they stand before what was found: see docs/vendor-facts.md#search.
	const isFirst = wholeNumber(call.query.get('offset'), 'offset', 0) === 0;
	const isAdding = flag(call, 'recommendations', true) && isFirst;
	const recommended = (isAdding ? settings.recommendedPages : [])
		.flatMap((path) => site.pages.byPath(path) ?? [])
		.map((page) => ({ page, rank: 1 }));
	const shown = [...recommended, ...windowOf(call, hits, 25, settings)];
	const result = shown.map((hit) => resultXml(hit, xml));
	const counts = {
		'@querycount': hits.length,
		'@count.recommendations': recommended.length,
		'@count': result.length,
	};
	const ids = { '@queryid': ++site.searches, '@sessionid': '123456' };
	return ok({ search: { '@ranking': 'adaptive', ...ids, ...counts, result } });
}

/** `tags` (all), `types`, `pathancestors` (one of them; commas in a path encoded) and `constraint`. */
function isWanted(call: Call, page: Page): boolean {
	const [types, ancestors] = [listOf(call, 'types'), listOf(call, 'pathancestors')];
	const path = `${page.path.toLowerCase()}/`;
	return (
		listOf(call, 'tags').every((tag) => page.tags.includes(tag)) &&
		(types.length === 0 || types.includes('page')) &&
		(ancestors.length === 0 ||
			ancestors.map(pathOf).some((each) => path.startsWith(`${each.toLowerCase()}/`))) &&
		meetsConstraint(page, call.query.get('constraint') ?? '')
	);
}

/** Entries of a comma-separated list: see docs/vendor-facts.md#search. */
const pathOf = (entry: string) => normalPath(entry.replaceAll(/%2c/gi, ','));

function rankOf(page: Page, words: string[]): number {
	const title = page.title.toLowerCase();
	const text = `${title} ${page.path} ${plainText(page.html)}`.toLowerCase();
	if (!words.every((word) => word === '*' || text.includes(word))) return 0;
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

function resultXml({ page, rank }: Hit, xml: PageXml): XmlData {
	const { path, title } = page;
	const ui = xml.ui(path);
	const text = plainText(page.html);
	return {
		id: page.id,
		uri: ui,
		rank,
		title,
		page: { '@guid': page.guid, rating: '', title, path, 'uri.ui': ui },
		author: page.author,
		preview: text.slice(0, 200),
		'date.modified': isoSeconds(page.modified),
		content: text,
		type: 'page',
		mime: dekiXml,
		tag: page.tags,
	};
}
