import type { ApiCall } from '../../api/client';
import { compact } from '../../api/elements';
import type { XmlElement } from '../../api/xml';
import type { StatusMessages, UserMessage } from '../../api/expert-error';
import { tagKey, tagNames } from '../../api/page-fields';
import { type Allow, allowField, refusedUnlessAllowed } from '../allow';
import {
	asList,
	EMPTY_EXPRESSION,
	type Field,
	onlyEntered,
	optionsField,
	refuse,
	xmlText,
} from '../field';
import { pageOf } from '../items';
import { defineOperation, type Operation, type OperationLabels } from '../operation';
import { page as pageField, targetPage } from '../page-field';
import type { PageReference } from '../page-reference';
import { outputs } from '../results';
import { changeTags, isSystemTag, tagsWithout } from '../tags';
import { pageCall, pageToChange } from './find-page';

/** A list from an expression keeps commas inside its entries. */
const tagsField: Field<string[]> = {
	property: {
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. billing, new in 2026',
		description:
			'Tags separated by commas, or an expression that gives a list of tags. A tag has one spelling on the whole site: another one, such as an accent, can rename it on all pages.',
	},
	// An empty list may be meant; an empty field is not.
	read(entered) {
		const entries: unknown[] = Array.isArray(entered) ? entered : [entered];
		const names = asList(entered).map((name) => xmlText(name, 'Tags').replace(/\s+/g, ' '));
		const isText = entries.every((entry) => typeof entry === 'string' || typeof entry === 'number');
		if (isText && (names.length > 0 || entries.length === 0)) return tagsWithout(names, []);
		if (!isText) {
			return refuse({
				message: "'Tags' contains something other than text",
				description:
					'Enter tags separated by commas, or an expression that gives one text or a list of texts, such as {{ $json.tagsAdded }}.',
			});
		}
		return refuse({
			message: "'Tags' is empty",
			description: `Enter one or more tags, separated by commas. ${EMPTY_EXPRESSION}`,
		});
	},
};

const allow = allowField('idferrors');

/** GET /pages/{id}/tags. */
export const getPageTags = defineOperation({
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get tags of page',
	description: 'Get all tags of a page as a list',
	fields: { page: pageField },
	async run(run, { page }) {
		const call = pageCall('GET', page, '/tags', READ, NOT_ALLOWED);
		return outputs([tagsItem(page, await run.site.read(call, 'tags'))]);
	},
});

export const addPageTags = tagsOperation(
	{
		value: 'addTags',
		name: 'Add Tags',
		action: 'Add tags to page',
		description: 'Add tags to a page and keep the others',
	},
	(before, named) => [...before, ...tagsWithout(named, before)],
);

export const removePageTags = tagsOperation(
	{
		value: 'removeTags',
		name: 'Remove Tags',
		action: 'Remove tags from page',
		description: 'Remove tags from a page and keep the others',
	},
	tagsWithout,
);

export const replacePageTags = tagsOperation(
	{
		value: 'replaceTags',
		name: 'Replace Tags',
		action: 'Replace tags of page',
		description: 'Give a page these tags and no others, except for its article type',
	},
	replaced,
);

/** The tags that are named, and the system tags unless one is named. */
function replaced(before: string[], named: string[]): string[] {
	const kept = named.some(isSystemTag) ? [] : before.filter(isSystemTag);
	// A tag that the page has already keeps its spelling. Of two spellings the first one counts.
	const spelled = new Map([...before].reverse().map((name) => [tagKey(name), name]));
	return [...kept, ...named.map((name) => spelled.get(tagKey(name)) ?? name)];
}

/**
 * PUT /pages/{id}/tags with all tags that the page is to have.
 *
 * @param change from the tags that the page has and those that were entered
 */
function tagsOperation(
	labels: OperationLabels,
	change: (before: string[], named: string[]) => string[],
): Operation {
	return defineOperation({
		...labels,
		fields: { page: targetPage, tags: tagsField, options: optionsField({ allow }) },
		async run(run, { page: named, tags, options }) {
			const page = await pageToChange(run, named);
			const calls = tagCalls(page, options.allow);
			const { before, after } = await changeTags(run, calls, (found) => change(found, tags));
			const names = tagNames(after);
			const changes = { added: tagsWithout(names, before), removed: tagsWithout(before, names) };
			return outputs([{ ...tagsItem(page, after), ...changes }]);
		},
	});
}

/** The calls for the tags of a page that is changed. */
export function tagCalls(page: PageReference, allow: Allow): { read: ApiCall; write: ApiCall } {
	const read = pageCall('GET', page, '/tags', READ, NOT_ALLOWED);
	const refused = refusedUnlessAllowed(allow, TAGS_REFUSED);
	const write = pageCall('PUT', page, '/tags', 'change the tags of', {
		...NOT_ALLOWED,
		...refused,
	});
	return {
		read: { ...read, query: { redirects: 0 } },
		write: { ...write, query: { redirects: 0, ...onlyEntered({ allow: allow.value }) } },
	};
}

const READ = 'read the tags of';

const TAGS_REFUSED: UserMessage = {
	message: 'Expert did not change the tags of this page',
	description: 'Open the page to see which tags it has, and try again.',
};

const NOT_ALLOWED: StatusMessages = {
	403: {
		message: 'Expert did not give access to the tags of this page',
		description:
			'The page may be a draft that was never published: set its tags in Expert, or publish it first. Otherwise, the user of the token may lack the right, or the token may have expired: run the test of the CXone Expert API credential, and look at the permissions of the user.',
	},
};

/** The page, so that the next node finds it, and its tags. */
function tagsItem(page: PageReference, tags: XmlElement) {
	return compact({ page: pageOf(page, tags), tags: tagNames(tags) });
}
