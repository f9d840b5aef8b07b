import { need, ok, wholeNumber, type Call, type Reply, type Route } from './call.mts';
import { ApiError } from './errors.mts';
import { isoSeconds } from './events.mts';
import { existingPage } from './page-key.mts';
import type { PageXml } from './page-xml.mts';
import type { Page } from './pages.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import type { XmlData } from './xml.mts';

/** Calls that find pages: by tag, by words, in the archive (§7.2, §7.6). */
export function searchRoutes(site: Site, settings: Settings, xml: PageXml): Route[] {
	return [
		['get', '/pages/:pageid/find', (call) => find(call, site, settings, xml)],
		['get', '/site/query', (call) => query(call, site, xml)],
		['get', '/archive/pages/:id/info', (call) => archived(call, site, xml)],
	];
}

/** All tags must be there; `since` and `upto` are times of the last change. */
function find(call: Call, site: Site, settings: Settings, xml: PageXml): Reply {
	need(call, 'READ');
	const tags = (call.query.get('tags') ?? '').split(',').filter(Boolean);
	const since = timeOf(call.query.get('since')) ?? 0;
	const upto = timeOf(call.query.get('upto')) ?? Number.POSITIVE_INFINITY;
	const page = site.pages
		.below(existingPage(call, site.pages, settings))
		.filter((each) => tags.every((tag) => each.tags.includes(tag)))
		.filter(({ edited }) => edited.getTime() >= since && edited.getTime() <= upto)
		.map((each) => ({
			...xml.info(each),
			...(call.query.get('include') === 'tags' ? { tags: xml.tags(each) } : {}),
			'date.modified': isoSeconds(each.edited),
		}));
	return ok({ pages: { '@count': page.length, '@totalcount': page.length, page } });
}

/** Both forms of §7.2: `yyyyMMddHHmmss` and ISO 8601. */
function timeOf(text: string | null): number | undefined {
	if (text === null) return undefined;
	const digits = /^(\d{4})-?(\d\d)-?(\d\d)T?(\d\d):?(\d\d):?(\d\d)Z?$/.exec(text);
	if (!digits) throw new ApiError(400, `'${text}' is no time`);
	const [, year, month, day, hour, minute, second] = digits;
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Plain search: every word must be in title, path or text. Nothing like the vendor's ranking. */
function query(call: Call, site: Site, xml: PageXml): Reply {
	need(call, 'READ');
	const words = call.query.get('q')?.toLowerCase().split(/\s+/).filter(Boolean);
	if (!words) throw new ApiError(400, "The parameter 'q' is missing but it is required.");
	const limit = wholeNumber(call.query.get('limit'), 'limit', 25);
	const offset = wholeNumber(call.query.get('offset'), 'offset', 0);
	const found = site.pages.current.filter((page) => {
		const text = `${page.title} ${page.path} ${page.html}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
	const result = found.slice(offset, offset + limit).map((page) => resultData(page, xml));
	const counts = { '@querycount': found.length, '@count': result.length };
	return ok({ search: { '@ranking': 'adaptive', '@queryid': 1, ...counts, result } });
}

function resultData(page: Page, xml: PageXml): XmlData {
	const { path, title } = page;
	return {
		id: page.id,
		uri: xml.ui(path),
		rank: 1,
		title,
		page: { '@guid': page.guid, title, path, 'uri.ui': xml.ui(path) },
		author: page.createdBy,
		preview: page.html.replace(/<[^>]*>/g, ' ').trim(),
		'date.modified': isoSeconds(page.edited),
		type: 'page',
		mime: 'application/vnd.deki1410+xml',
		tag: page.tags,
	};
}

/** A deleted page; Admin only. */
function archived(call: Call, site: Site, xml: PageXml): Reply {
	need(call, 'ADMIN');
	const page = site.pages.byId.get(wholeNumber(call.params.id, 'id'));
	if (!page?.deleted) throw new ApiError(404, 'Page could not be found');
	const href = xml.href(`archive/pages/${page.id}`);
	return ok({
		'page.archive': {
			'@id': page.id,
			'@href': `${href}/info`,
			title: page.title,
			path: page.path,
			contents: { '@type': 'application/vnd.deki1410+xml', '@href': `${href}/contents` },
			'date.deleted': isoSeconds(page.deletedAt ?? new Date()),
		},
	});
}
