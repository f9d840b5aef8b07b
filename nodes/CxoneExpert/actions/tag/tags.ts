import type { ApiCall } from '../../api/client';
import { assertUnderstood } from '../../api/elements';
import { tagKey, tagNames } from '../../api/page-fields';
import { writeXml, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation';

/** Tags that the site sets itself: they make a page an article, a guide or a category. */
export function isSystemTag(name: string): boolean {
	return /^article:/i.test(name);
}

/** The calls that read and replace all tags of something. */
export interface TagCalls {
	read: ApiCall;
	write: ApiCall;
}

/**
 * Reads the tags and PUTs all of them as they are to be: the API replaces all at once. Nothing is written when nothing
 * changes.
 *
 * Two runs at the same moment can both read before either writes: then one change is lost. The API
 * offers nothing against it, so the two calls follow each other at once.
 *
 * @param change from the tags that are there
 */
export async function changeTags(
	{ site }: OperationContext,
	calls: TagCalls,
	change: (before: string[]) => string[],
): Promise<{ before: string[]; after: XmlElement }> {
	const found = await site.read(calls.read, 'tags');
	const before = tagNames(found);
	assertUnderstood(found, before.length, 'tags/tag/@value', calls.read.doing);
	const wanted = change(before);
	const isSame = wanted.length === before.length && tagsWithout(wanted, before).length === 0;
	if (isSame) return { before, after: found };
	const body = writeXml('tags', { tag: wanted.map((name) => ({ '@value': name })) });
	const put = async () => await site.read({ ...calls.write, body }, 'tags');
	const after = await put();
	const lost = tagsWithout(wanted, tagNames(after));
	// A site for which two spellings are one tag removes the old one and adds none: docs/vendor-facts.md#tags.
	return { before, after: lost.length === 0 ? after : await put() };
}

/** Those of `names` that `others` does not have, each once; upper and lower case are the same tag. */
export function tagsWithout(names: string[], others: string[]): string[] {
	const seen = new Set(others.map(tagKey));
	return names.filter((name) => !seen.has(tagKey(name)) && seen.add(tagKey(name)));
}
