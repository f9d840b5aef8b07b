import type { IDataObject } from 'n8n-workflow';

import { tagKey } from '../../shared/page-fields';
import { isWantedPath } from '../event/wanted';
import type { PageParameters } from '../parameters';

/**
 * The name of the option that leaves out the event of a page; `undefined` when it passes. Each judges
 * only what is known.
 *
 * @param page as the event and the site describe it
 * @param isNamed whether the event itself says where the page is: then that has been judged already
 */
export function leftOutBy(
	page: IDataObject | undefined,
	isNamed: boolean,
	{ skipDrafts, tags, pathPrefixes }: PageParameters,
): string | undefined {
	if (page === undefined) return undefined;
	if (skipDrafts && page.draftState === 'unpublished') return 'Skip Drafts';
	if (!hasOneOf(page.tags, tags)) return 'Page Tags';
	const isElsewhere = typeof page.path === 'string' && !isWantedPath(page.path, pathPrefixes);
	return !isNamed && isElsewhere ? 'Page Paths' : undefined;
}

/** @param tags of the page, where they are known */
function hasOneOf(tags: unknown, wanted: string[]): boolean {
	if (!Array.isArray(tags) || wanted.length === 0) return true;
	const keys = new Set((tags as string[]).map(tagKey));
	return wanted.some((tag) => keys.has(tagKey(tag)));
}
