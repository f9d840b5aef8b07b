import type { ApiCall } from '../../api/client';
import { assertUnderstood, compact } from '../../api/elements';
import { writeXml, type XmlElement } from '../../api/xml';
import type { StatusMessages } from '../../api/expert-error';
import { tagKey, tagNames } from '../../api/page-fields';
import { asList, EMPTY_EXPRESSION, type Field, refuse, xmlText } from '../field';
import { pageOf } from '../items';
import {
	defineOperation,
	type Operation,
	type OperationContext,
	type OperationLabels,
} from '../operation';
import { page as pageField, targetPage } from '../page-field';
import type { PageReference } from '../page-reference';
import { outputs } from '../results';
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
		description: 'Tags separated by commas, or an expression that gives a list of tags',
	},
	// An empty list may be meant; an empty field is not.
	read(entered) {
		const entries: unknown[] = Array.isArray(entered) ? entered : [entered];
		const names = asList(entered).map((name) => xmlText(name, 'Tags').replace(/\s+/g, ' '));
		const isText = entries.every((entry) => typeof entry === 'string' || typeof entry === 'number');
		if (isText && (names.length > 0 || entries.length === 0)) return without(names, []);
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

/** GET /pages/{id}/tags. */
export const getPageTags = defineOperation({
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get tags of page',
	description: 'Get all tags of a page as a list',
	fields: { page: pageField },
	async run(run, { page }) {
		return outputs([tagsItem(page, await readTags(run, page))]);
	},
});

export const addPageTags = tagsOperation(
	{
		value: 'addTags',
		name: 'Add Tags',
		action: 'Add tags to page',
		description: 'Add tags to a page and keep the others',
	},
	(before, named) => [...before, ...without(named, before)],
);

export const removePageTags = tagsOperation(
	{
		value: 'removeTags',
		name: 'Remove Tags',
		action: 'Remove tags from page',
		description: 'Remove tags from a page and keep the others',
	},
	without,
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

/** Tags that the site sets itself: they make a page an article, a guide or a category. */
const SYSTEM_TAG = /^article:/i;

/** The tags that are named, and the system tags unless one is named. */
function replaced(before: string[], named: string[]): string[] {
	const isSystemTag = (name: string) => SYSTEM_TAG.test(name);
	const kept = named.some(isSystemTag) ? [] : before.filter(isSystemTag);
	// A tag that the page has already keeps its spelling. Of two spellings the first one counts.
	const spelled = new Map([...before].reverse().map((name) => [tagKey(name), name]));
	return [...kept, ...named.map((name) => spelled.get(tagKey(name)) ?? name)];
}

/**
 * PUT /pages/{id}/tags with all tags that the page is to have: the API replaces all at once. Nothing is
 * written when nothing changes.
 *
 * Two runs at the same moment can both read before either writes: then one change is lost. The API
 * offers nothing against it, so the two calls follow each other at once.
 *
 * @param change from the tags that the page has and those that were entered
 */
function tagsOperation(
	labels: OperationLabels,
	change: (before: string[], named: string[]) => string[],
): Operation {
	return defineOperation({
		...labels,
		fields: { page: targetPage, tags: tagsField },
		async run(run, { page: named, tags }) {
			const page = await pageToChange(run, named);
			const found = await readTags(run, page, { redirects: 0 });
			const before = tagNames(found);
			assertUnderstood(found, before.length, 'tags/tag/@value', `${READ} ${page.label}`);
			const wanted = change(before, tags);
			const isSame = wanted.length === before.length && without(wanted, before).length === 0;
			const after = isSame ? found : await writeTags(run, page, wanted);
			const names = tagNames(after);
			const changes = { added: without(names, before), removed: without(before, names) };
			return outputs([{ ...tagsItem(page, after), ...changes }]);
		},
	});
}

async function readTags(run: OperationContext, page: PageReference, query: ApiCall['query'] = {}) {
	const call = pageCall('GET', page, '/tags', READ, NOT_ALLOWED);
	return await run.site.read({ ...call, query }, 'tags');
}

const READ = 'read the tags of';

async function writeTags(run: OperationContext, page: PageReference, names: string[]) {
	const body = writeXml('tags', { tag: names.map((name) => ({ '@value': name })) });
	const call = pageCall('PUT', page, '/tags', 'change the tags of', NOT_ALLOWED);
	return await run.site.read({ ...call, query: { redirects: 0 }, body }, 'tags');
}

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

/** Those of `names` that `others` does not have, each once; upper and lower case are the same tag. */
function without(names: string[], others: string[]): string[] {
	const seen = new Set(others.map(tagKey));
	return names.filter((name) => !seen.has(tagKey(name)) && seen.add(tagKey(name)));
}
