import { tagKey } from '../../shared/page-fields';
import { defineOperation } from '../core/operation';
import { targetPage } from '../input/shared-fields';
import { tagsField } from './fields';
import { changeTags } from './tags';

/** Tags that the site sets itself: they make a page an article, a guide or a category. */
const SYSTEM_TAG = /^article:/i;

/** PUT /pages/{id}/tags with the tags that are named, and the system tags unless one is named. */
export const replacePageTags = defineOperation({
	value: 'replaceTags',
	name: 'Replace Tags',
	action: 'Replace tags of page',
	description: 'Give a page these tags and no others, except for its article type',
	fields: { page: targetPage, tags: tagsField },
	async run(run, fields) {
		return await changeTags(run, fields, replaced);
	},
});

function replaced(before: string[], named: string[]): string[] {
	const isSystemTag = (name: string) => SYSTEM_TAG.test(name);
	const kept = named.some(isSystemTag) ? [] : before.filter(isSystemTag);
	// A tag that the page has already keeps its spelling. Of two spellings the first one counts.
	const spelled = new Map([...before].reverse().map((name) => [tagKey(name), name]));
	return [...kept, ...named.map((name) => spelled.get(tagKey(name)) ?? name)];
}
