import { tagKey } from '../../../api/page-fields';
import { changingPageTags } from './page-tags';
import { isSystemTag } from '../tags';

export const replacePageTags = changingPageTags(
	{
		value: 'replaceTags',
		name: 'Replace Tags',
		action: 'Replace tags of page',
		description: 'Give a page these tags and no others, except for its article type',
	},
	replaced,
);

/** Keeps the system tags unless one is named. */
function replaced(before: string[], named: string[]): string[] {
	const kept = named.some(isSystemTag) ? [] : before.filter(isSystemTag);
	// A tag that the page has keeps its spelling; of two spellings, the first counts.
	const spelled = new Map([...before].reverse().map((name) => [tagKey(name), name]));
	return [...kept, ...named.map((name) => spelled.get(tagKey(name)) ?? name)];
}
