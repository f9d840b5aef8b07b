import type { ApiCall } from '../../api/client';
import { assertUnderstood } from '../../api/elements';
import { tagKey, tagNames } from '../../api/page-fields';
import { writeXml, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation';

/** The site sets these: they make a page an article, a guide or a category. */
export function isSystemTag(name: string): boolean {
	return /^article:/i.test(name);
}

export interface TagCalls {
	read: ApiCall;
	write: ApiCall;
}

/**
 * Reads the tags, then PUTs all that are wanted, unless nothing changes: the API replaces all at once. Of two
 * runs at the same moment, one change can be lost: the API offers nothing against it, so the calls follow each
 * other at once.
 *
 * @param change makes the new tags of the present ones
 */
export async function changeTags(
	{ site }: OperationContext,
	calls: TagCalls,
	change: (before: string[]) => string[],
): Promise<{ before: string[]; after: XmlElement }> {
	const found = await site.read(calls.read, 'tags');
	const before = tagNames(found);
	// A tag that arrived broken must not be written.
	const whole = before.filter((name) => !name.includes('\uFFFD'));
	assertUnderstood(found, whole.length, 'tags/tag/@value', calls.read.doing);
	const wanted = change(before);
	const isSame = wanted.length === before.length && tagsWithout(wanted, before).length === 0;
	if (isSame) return { before, after: found };
	const body = writeXml('tags', { tag: wanted.map((name) => ({ '@value': name })) });
	const call = { ...calls.write, body };
	const undone = (tags: XmlElement) => undoneIn(tagNames(tags), before, wanted);
	const after = await site.read(call, 'tags');
	if (undone(after) === undefined) return { before, after };
	// A site that treats two spellings as one tag removes the old one and adds none: docs/vendor-facts.md#tags.
	return { before, after: await site.write(call, 'tags', undone) };
}

function undoneIn(after: string[], before: string[], wanted: string[]): string | undefined {
	const unset = tagsWithout(wanted, after);
	if (unset.length > 0) return `Not set: ${unset.join(', ')}.`;
	const unwanted = tagsWithout(before, wanted);
	const left = tagsWithout(unwanted, tagsWithout(unwanted, after));
	return left.length > 0 ? `Still there: ${left.join(', ')}.` : undefined;
}

/** Returns the `names` that `others` lacks, each once, ignoring case. */
export function tagsWithout(names: string[], others: string[]): string[] {
	const seen = new Set(others.map(tagKey));
	return names.filter((name) => !seen.has(tagKey(name)) && seen.add(tagKey(name)));
}
