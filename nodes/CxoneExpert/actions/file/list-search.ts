import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import type { UserMessage } from '../../shared/failure-messages';
import { ExpertSite } from '../core/site';
import { readList } from '../input/list-page';
import { locatorOf } from '../input/locator';
import { pageReference } from '../input/page-reference';
import { pageMessages } from '../page/find-page';
import { pageOfList } from './fields';

/** The list of a "File" field: the files of the page in the field above, filtered by name. */
export async function searchFileList(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const chosen = this.getCurrentNodeParameter(pageOfList.property.name);
	if (isOpen(chosen)) return site.refuse(NO_PAGE);
	const page = pageReference(chosen, site.origin);
	if (!page.ok) return site.refuse(page.failure);
	const { key, label } = page.value;
	const call = { method: 'GET', path: `/pages/${key}/files` } as const;
	const about = { doing: `list the files of ${label}`, messages: pageMessages(page.value) };
	const files = await readList(Infinity, async (limit, offset) =>
		children(await site.read({ ...call, query: { limit, offset }, ...about }, 'files'), 'file'),
	);
	const words = filter?.trim().toLowerCase() ?? '';
	const entries = files.flatMap(entry);
	return { results: entries.filter(({ name }) => name.toLowerCase().includes(words)) };
}

/** Nothing chosen, or an expression: the editor has no incoming item when it fills the list. */
function isOpen(page: unknown): boolean {
	const { value } = locatorOf(page);
	return value === undefined || value === null || value === '' || String(value).startsWith('=');
}

const NO_PAGE: UserMessage = {
	message: 'No page is chosen yet',
	description: 'Choose a page in the field "On Page": the list shows its files.',
};

function entry(file: XmlElement): INodeListSearchItems[] {
	const value = attribute(file, 'id');
	if (value === undefined) return [];
	const url = attribute(child(file, 'contents'), 'href');
	const name = textOf(file, 'filename') ?? value;
	return [{ name, value, ...(url === undefined ? {} : { url }) }];
}
