import { MINUTE_MS } from '../../durations';
import { accessKey } from '../../api/credential';
import { tagName } from '../../api/page-fields';
import { children, type XmlElement } from '../../api/xml';
import { cacheReads } from '../../memory';
import { onlyEntered } from '../../parameters/field';
import { contains, entryOf, asListSearch } from '../../parameters/list-search';
import type { ExpertSite } from '../../api/expert-site';

/** GET /site/tags, which has no pages. @param prefix of the names; empty for all tags */
export async function readSiteTags(site: ExpertSite, prefix: string): Promise<XmlElement[]> {
	const query = onlyEntered({ q: prefix });
	const call = { method: 'GET', path: '/site/tags', query, doing: 'list the tags' } as const;
	return children(await site.read(call, 'tags'), 'tag');
}

/** Caches the tags, because n8n asks with every letter, and a site can have thousands. */
const cached = cacheReads<XmlElement[]>({ maxEntries: 50, ttlMs: MINUTE_MS });

const STEP = 100;

/** Searches any part of the name. */
export const searchTags = asListSearch(async ({ site, words, token }) => {
	// Another token may see other tags.
	const key = accessKey(site.credential);
	const tags = await cached(key, async () => await readSiteTags(site, ''));
	const names = tags.flatMap((tag) => tagName(tag) ?? []);
	const found = names.filter((name) => contains(name, words));
	const end = Number(token) + STEP;
	const results = found.slice(Number(token), end).flatMap((name) => entryOf(name, name));
	return end < found.length ? { results, paginationToken: String(end) } : { results };
});
