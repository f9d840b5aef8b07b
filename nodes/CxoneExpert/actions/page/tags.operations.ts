import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { writeXml, type XmlElement } from '../../api/xml';
import type { UserMessage } from '../../api/expert-error';
import { tagKey, tagNames } from '../../shared/page-fields';
import { asList, EMPTY_EXPRESSION, type Field, refuseInput, xmlText } from '../field';
import { pageOf } from '../items';
import {
	defineOperation,
	type Operation,
	type OperationContext,
	type OperationLabels,
} from '../operation';
import { page, type PageReference, targetPage } from '../page-field';
import { outputs } from '../results';
import type { SiteCall } from '../site';
import { callOf, pageToChange } from './find-page';

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
		return refuseInput(isText ? NO_TAG : NO_TEXT);
	},
};

const NO_TAG: UserMessage = {
	message: '"Tags" is empty',
	description: `Enter one or more tags, separated by commas. ${EMPTY_EXPRESSION}`,
};

const NO_TEXT: UserMessage = {
	message: '"Tags" contains something other than text',
	description:
		'Enter tags separated by commas, or an expression that gives one text or a list of texts, such as {{ $json.tagsAdded }}.',
};

/** GET /pages/{id}/tags. */
export const getPageTags = defineOperation({
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get tags of page',
	description: 'Get all tags of a page as a list',
	fields: { page },
	async run(run, fields) {
		const reference = run.read(fields.page);
		return outputs([tagsItem(reference, await readTags(run, reference))]);
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
		async run(run, fields) {
			const named = run.read(fields.tags);
			const reference = await pageToChange(run, run.read(fields.page));
			const found = await readTags(run, reference, { redirects: 0 });
			const before = tagNames(found);
			const wanted = change(before, named);
			const isSame = wanted.length === before.length && without(wanted, before).length === 0;
			const after = isSame ? found : await writeTags(run, reference, wanted);
			const names = tagNames(after);
			const changes = { added: without(names, before), removed: without(before, names) };
			return outputs([{ ...tagsItem(reference, after), ...changes }]);
		},
	});
}

async function readTags(
	run: OperationContext,
	reference: PageReference,
	query: SiteCall['query'] = {},
): Promise<XmlElement> {
	const call = tagsCall(reference, 'read the tags of');
	return await run.site.read({ method: 'GET', query, ...call }, 'tags');
}

async function writeTags(
	run: OperationContext,
	reference: PageReference,
	names: string[],
): Promise<XmlElement> {
	const body = writeXml('tags', { tag: names.map((name) => ({ '@value': name })) });
	const call = { query: { redirects: 0 }, body, ...tagsCall(reference, 'change the tags of') };
	return await run.site.read({ method: 'PUT', ...call }, 'tags');
}

function tagsCall(reference: PageReference, doing: string) {
	const call = callOf(reference, '/tags', doing);
	return { ...call, messages: { ...call.messages, 403: NOT_ALLOWED } };
}

const NOT_ALLOWED: UserMessage = {
	message: 'Expert did not give access to the tags of this page',
	description:
		'The page may be a draft that was never published: its tags can be used once it is published. Otherwise, the user of the token may lack the right, or the token may have expired: run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

/** The page, so that the next node finds it, and its tags. */
function tagsItem(reference: PageReference, tags: XmlElement): IDataObject {
	return compact({ page: pageOf(reference, tags), tags: tagNames(tags) });
}

/** Those of `names` that `others` does not have, each once; upper and lower case are the same tag. */
function without(names: string[], others: string[]): string[] {
	const seen = new Set(others.map(tagKey));
	return names.filter((name) => !seen.has(tagKey(name)) && seen.add(tagKey(name)));
}
