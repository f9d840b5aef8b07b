import type { IDataObject } from 'n8n-workflow';

import type { ApiCall } from '../../api/client';
import { compact } from '../../api/compact';
import { writeXml, type XmlElement } from '../../api/xml';
import type { StatusMessages, UserMessage } from '../../shared/failure-messages';
import { tagKey, tagNames } from '../../shared/page-fields';
import { refuseInput } from '../core/input-problem';
import { type Output, outputs } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import type { PageReference } from '../input/page-reference';
import type { targetPage } from '../input/shared-fields';
import { asList, EMPTY_EXPRESSION } from '../input/text';
import { xmlText } from '../input/xml-text';
import type { tagsField } from './fields';
import { pageMessages, pageToChange } from './find-page';
import { pageOf } from './items';

/** From the tags that the page has and the tags that were entered to those that it is to have. */
export type TagChange = (before: string[], named: string[]) => string[];

/**
 * Reads the tags of a page, changes them and writes all of them back: the API replaces all at once.
 * Nothing is written when nothing changes.
 *
 * Two runs at the same moment can both read before either writes: then one change is lost. The API
 * offers nothing against it, so the two calls follow each other at once.
 */
export async function changeTags(
	run: OperationContext,
	fields: { page: typeof targetPage; tags: typeof tagsField },
	change: TagChange,
): Promise<Output[]> {
	const named = enteredTags(run.read(fields.tags));
	const reference = await pageToChange(run, run.read(fields.page));
	const found = await readTags(run, reference, { redirects: 0 });
	const before = tagNames(found) ?? [];
	const wanted = change(before, named);
	const isSame = wanted.length === before.length && without(wanted, before).length === 0;
	const after = isSame ? found : await writeTags(run, reference, wanted);
	const names = tagNames(after) ?? [];
	const changes = { added: without(names, before), removed: without(before, names) };
	return outputs([{ ...tagsItem(reference, after), ...changes }]);
}

/** GET /pages/{id}/tags. */
export async function readTags(
	run: OperationContext,
	reference: PageReference,
	query: NonNullable<ApiCall['query']> = {},
): Promise<XmlElement> {
	const { key, label } = reference;
	const doing = `read the tags of ${label}`;
	const call = { method: 'GET', path: `/pages/${key}/tags`, query, doing } as const;
	return await run.site.read({ ...call, messages: tagMessages(reference) }, 'tags');
}

/** The page, so that the next node finds it, and its tags. */
export function tagsItem(reference: PageReference, tags: XmlElement): IDataObject {
	return compact({
		page: pageOf(reference, tags),
		tags: tagNames(tags) ?? [],
	});
}

async function writeTags(
	run: OperationContext,
	reference: PageReference,
	names: string[],
): Promise<XmlElement> {
	const { key, label } = reference;
	return await run.site.read(
		{
			method: 'PUT',
			path: `/pages/${key}/tags`,
			query: { redirects: 0 },
			body: writeXml('tags', { tag: names.map((name) => ({ '@value': name })) }),
			messages: tagMessages(reference),
			doing: `change the tags of ${label}`,
		},
		'tags',
	);
}

function tagMessages(reference: PageReference): StatusMessages {
	return { ...pageMessages(reference), 403: NOT_ALLOWED };
}

const NOT_ALLOWED: UserMessage = {
	message: 'Expert did not give access to the tags of this page',
	description:
		'The page may be a draft that was never published: its tags can be used once it is published. Otherwise, the user of the token may lack the right, or the token may have expired: run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

/** An empty list may be meant; an empty field is not. */
function enteredTags(entered: unknown): string[] {
	const entries: unknown[] = Array.isArray(entered) ? entered : [entered];
	const names = asList(entered).map((name) => xmlText(name, 'Tags').replace(/\s+/g, ' '));
	const isText = entries.every((entry) => typeof entry === 'string' || typeof entry === 'number');
	if (isText && (names.length > 0 || entries.length === 0)) return without(names, []);
	return refuseInput(isText ? NO_TAG : NO_TEXT);
}

const NO_TAG = {
	message: '"Tags" is empty',
	description: `Enter one or more tags, separated by commas. ${EMPTY_EXPRESSION}`,
};

const NO_TEXT = {
	message: '"Tags" contains something other than text',
	description:
		'Enter tags separated by commas, or an expression that gives one text or a list of texts, such as {{ $json.tagsAdded }}.',
};

/** Those of `names` that `others` does not have, each once; upper and lower case are the same tag. */
export function without(names: string[], others: string[]): string[] {
	const seen = new Set(others.map(tagKey));
	return names.filter((name) => !seen.has(tagKey(name)) && seen.add(tagKey(name)));
}
