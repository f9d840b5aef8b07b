import { isoSeconds } from '../events/event.mts';
import { type Backend, type Call, ok, type Reply, type Route } from '../http/call.mts';
import { adminRequired, ApiError, invalidInput, missingParameter } from '../http/errors.mts';
import { normalPath, type Page } from '../site/pages.mts';
import type { LoggedSearch } from '../site/site.mts';
import { mayDo } from '../site/users.mts';
import type { XmlData } from '../xml.mts';
import { existingPage, maySee } from './page-key.mts';
import { articleOf } from './xml.mts';

/** See docs/vendor-facts.md#reports. */
export const reportRoutes: Route[] = [
	['get', '/pages/:pageid/linkdetails', listLinks],
	['get', '/pages/:pageid/health', inspect],
	['get', '/site/query/log', listSearches],
];

/** The page, and with `subpages` all below it; both ends of the list are required. */
function pagesOf(call: Call, backend: Backend): Page[] {
	for (const name of ['limit', 'offset']) if (!call.query.has(name)) throw missingParameter(name);
	const top = existingPage(call, backend, 'READ');
	const below = call.flag('subpages') ? backend.site.pages.below(top) : [];
	return [top, ...below.filter((page) => maySee(call.user, page))];
}

/** One row for each link. */
function listLinks(call: Call, backend: Backend): Reply {
	const wanted = call.query.get('broken');
	const rows = pagesOf(call, backend)
		.flatMap((page) => linksOf(page, backend))
		.filter(({ links }) => wanted === null || links['@isbroken'] === capital(wanted === 'true'));
	const pages = call.window(rows, 100, backend.settings);
	return ok({ pagelinks: { querycount: rows.length, count: pages.length, pages } });
}

const capital = (is: boolean) => (is ? 'True' : 'False');

function linksOf(page: Page, backend: Backend): Array<{ page: XmlData; links: XmlData }> {
	const links = [...page.html.matchAll(/<a href="(\/[^"]*)">(.*?)<\/a>/gs)];
	return links.map(([, href = '', text = '']) => {
		const path = normalPath(href.replace(/#.*/, ''));
		const { pages } = backend.site;
		const redirect = pages.redirect(path);
		const target = pages.byPath(path) ?? redirect?.to;
		const state = {
			'@isredirect': capital(redirect !== undefined),
			'@isbroken': capital(target === undefined || redirect !== undefined),
		};
		return {
			page: linkedPage(page, backend),
			links: {
				...{ ...state, type: 'InternalPage', text, href },
				...(target ? { destination: { page: linkedPage(target, backend) } } : {}),
			},
		};
	});
}

function linkedPage(page: Page, { xml }: Backend): XmlData {
	const { id, title, path } = page;
	return { '@id': id, 'uri.ui': xml.ui(path), title, path };
}

/** Finds pages without an article type, and long titles. */
function inspect(call: Call, backend: Backend): Reply {
	const severities = call.list('severity');
	const unknown = severities.find((each) => !['warning', 'info', 'error'].includes(each));
	if (unknown !== undefined) throw invalidInput(`'${unknown}' is no severity`);
	const pages = pagesOf(call, backend);
	if (!call.user.seated) throw new ApiError(403, 'Seated access to the page is required');
	const found = pages
		.flatMap((page) => inspectionsOf(page, backend))
		.filter((each) => severities.length === 0 || severities.includes(each.severity.toLowerCase()));
	const shown = call.window(found, 100, backend.settings);
	const inspections = shown.map(({ severity, type, message, page }) => ({
		...{ '@severity': severity, '@type': type, message },
		page: { '@uri': backend.xml.ui(page.path), '@id': page.id, article: articleOf(page) ?? '' },
	}));
	return ok({ health: { querycount: found.length, count: shown.length, inspections } });
}

function inspectionsOf(page: Page, { site }: Backend) {
	const parent = site.pages.parentOf(page);
	const isNested = [page, parent].every((each) => each && articleOf(each) === 'topic-guide');
	return [
		...(isNested ? [{ severity: 'Error', type: 'Structure', message: 'Guide under guide', page }] : []),
		...(articleOf(page) === undefined
			? [{ severity: 'Warning', type: 'Structure', message: 'No article type', page }]
			: []),
	];
}

/** Grouped, as the ancestor did it: docs/vendor-facts.md#reports. */
function listSearches(call: Call, { site, settings }: Backend): Reply {
	if (!mayDo(call.user, 'ADMIN')) throw adminRequired();
	if (call.query.get('groupby') !== 'query') throw invalidInput('only groupby=query is simulated');
	const [since, before] = [timeIn(call, 'since', 0), timeIn(call, 'before', Infinity)];
	const within = site.searchLog.filter(({ at }) => at.getTime() >= since && at.getTime() <= before);
	const groups = Map.groupBy(within, ({ query }) => query);
	const isLow = call.flag('lowquality');
	const all = [...groups.values()].map(groupOf).filter(({ chosen }) => !isLow || chosen === 0 || chosen >= 3);
	const query = call.window(all, 25, settings).map(({ query, at, count, chosen }) => ({
		...{ '@count': count, 'sorted-terms': `'${query}'`, 'date.searched': isoSeconds(at) },
		...(chosen === 0 ? {} : { 'selected-results': selectedResults(chosen) }),
	}));
	return ok({ queries: { '@count': query.length, '@querycount': all.length, query } });
}

/** At most five of them are named. */
function selectedResults(chosen: number): XmlData {
	return { '@totalcount': chosen, result: Array.from({ length: Math.min(5, chosen) }, () => '') };
}

function groupOf(searches: LoggedSearch[]) {
	const newest = searches.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]!;
	const chosen = searches.reduce((sum, each) => sum + each.chosen, 0);
	return { ...newest, chosen, count: searches.length };
}

function timeIn(call: Call, name: string, absent: number): number {
	const text = call.query.get(name);
	if (text === null) return absent;
	const time = /^\d{14}$/.test(text)
		? Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'))
		: Number.NaN;
	if (Number.isNaN(time)) throw invalidInput(`'${name}' is no time`);
	return time;
}
