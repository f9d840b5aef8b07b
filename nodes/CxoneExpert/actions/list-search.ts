import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { pagePath, pageUrl } from '../api/elements';
import { entryKey } from '../api/pagination';
import { listWebhooks, type Webhook } from '../api/webhooks';
import { attribute, child, children, textOf, type XmlElement } from '../api/xml';
import { ADMINS_ONLY, asExpertError, type UserMessage } from '../api/expert-error';
import { pageOfList } from './file/file';
import { locatorOf } from './locator';
import { callOf } from './page/find-page';
import { RESULTS_ONLY } from './page/get-many.operation';
import { pageReference } from './page-field';
import { readList } from './results';
import { ExpertSite, nodeError, type SiteCall } from './site';

/** What fills the "From List" fields. n8n gives what a person types there, and where a step begins. */
type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
) => Promise<INodeListSearchResult>;

/** A list that the site gives step by step. */
interface List extends Omit<SiteCall, 'method'> {
	/** Name of the root of a response. */
	root: string;
	/** Name of each of its elements. */
	element: string;
	/** What the field shows of an element; empty for one that cannot be chosen. */
	entry: (found: XmlElement) => INodeListSearchItems[];
}

/** The home page and the pages directly below it; with a filter, search results. */
const searchPages: ListSearch = async function (filter, token) {
	const site = await ExpertSite.connect(this);
	const words = wordsOf(filter);
	if (words !== '') return await listStep(site, foundPages(words), token);
	const top = await listStep(site, TOP_PAGES, token);
	const isStart = Number(token ?? 0) === 0;
	return isStart
		? { ...top, results: [...entryOf('home', HOME, site.origin), ...top.results] }
		: top;
};

const HOME = 'Home Page';

const TOP_PAGES: List = {
	path: '/pages/home/subpages',
	doing: 'list the pages of the site',
	root: 'subpages',
	element: 'page.subpage',
	entry: pageEntry,
};

const foundPages = (words: string): List => ({
	path: '/site/query',
	query: { q: words, ...RESULTS_ONLY },
	doing: 'search the pages of the site',
	root: 'search',
	element: 'result',
	entry: pageEntry,
});

/**
 * A search result can also be a file. The specification does not say which value of `types` limits the
 * results to pages, but it shows the type of a page.
 */
function pageEntry(found: XmlElement): INodeListSearchItems[] {
	if ((textOf(found, 'type') ?? 'page') !== 'page') return [];
	const id = attribute(found, 'id') ?? textOf(found, 'id');
	const path = pagePath(child(found, 'page') ?? found);
	return entryOf(id, titleAndPath(found, path), pageUrl(found) ?? textOf(found, 'uri'));
}

/** Deleted pages, by title. */
const searchArchivedPages: ListSearch = async function (filter, token) {
	const title = wordsOf(filter);
	const list: List = {
		path: '/archive/pages',
		query: title === '' ? {} : { title },
		doing: 'list the pages in the archive',
		messages: { 403: ADMINS_ONLY },
		root: 'pages.archive',
		element: 'page.archive',
		entry: (page) => entryOf(attribute(page, 'id'), titleAndPath(page, pagePath(page))),
	};
	return await listStep(await ExpertSite.connect(this), list, token);
};

/** Users by user name or e-mail address. */
const searchUsers: ListSearch = async function (filter, token) {
	const words = wordsOf(filter);
	const list: List = {
		path: '/users',
		query: words === '' ? {} : { usernameemailfilter: words },
		doing: 'list the users of the site',
		root: 'users',
		element: 'user',
		entry: (user) => entryOf(attribute(user, 'id'), userName(user)),
	};
	return await listStep(await ExpertSite.connect(this), list, token);
};

/** No e-mail address: the name of the entry is stored in the workflow. */
function userName(user: XmlElement): string | undefined {
	const name = textOf(user, 'username') ?? textOf(user, 'nick');
	const fullName = textOf(user, 'fullname');
	if (fullName === undefined) return name;
	return name === undefined ? fullName : `${fullName} (${name})`;
}

/** The files of the page in the field "On Page", by name. */
const searchFiles: ListSearch = async function (filter) {
	const site = await ExpertSite.connect(this);
	const chosen = this.getCurrentNodeParameter(pageOfList.property.name);
	if (isOpen(chosen)) return site.refuse(NO_PAGE);
	const page = pageReference(chosen, site.origin);
	const call = callOf(page, '/files', 'list the files of');
	const files = await readList(site, call, { root: 'files', element: 'file' });
	const words = wordsOf(filter).toLowerCase();
	const entries = files.flatMap(fileEntry);
	return { results: entries.filter(({ name }) => name.toLowerCase().includes(words)) };
};

/** Nothing chosen, or an expression: the editor has no incoming item when it fills the list. */
function isOpen(page: unknown): boolean {
	const { value } = locatorOf(page);
	return value === undefined || value === null || value === '' || String(value).startsWith('=');
}

const NO_PAGE: UserMessage = {
	message: 'No page is chosen yet',
	description: 'Choose a page in the field "On Page": the list shows its files.',
};

function fileEntry(file: XmlElement): INodeListSearchItems[] {
	const id = attribute(file, 'id');
	return entryOf(id, textOf(file, 'filename'), attribute(child(file, 'contents'), 'href'));
}

/** The webhooks of the site, by what the list shows, or by URL. */
const searchWebhooks: ListSearch = async function (filter) {
	const site = await ExpertSite.connect(this);
	const words = wordsOf(filter).toLowerCase();
	const matches = (webhook: Webhook) =>
		`${webhookName(webhook)} ${webhook.url}`.toLowerCase().includes(words);
	const webhooks = await listWebhooks(site, { matches });
	return { results: webhooks.flatMap((webhook) => entryOf(webhook.id, webhookName(webhook))) };
};

/** About what n8n shows of an entry behind its number and state; it cuts off the rest. */
const MAX_ADDRESS_CHARS = 42;

/** Number and state first: the list is opened to see them. */
export function webhookName({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>): string {
	const name = `#${id}, ${active ? 'on' : 'off'}`;
	return url === '' ? name : `${name}: ${shortAddress(url)}`;
}

/** The end of an address, where those of one n8n differ: all its webhooks begin alike. */
function shortAddress(url: string): string {
	const address = url.replace(/^https?:\/\//i, '').replace(/(?<=\/[^/]+)\/webhook$/, '');
	if (address.length <= MAX_ADDRESS_CHARS) return address;
	const parts = address.split('/');
	let end = parts.pop()!;
	while (parts.length > 0 && `…/${parts.at(-1)}/${end}`.length <= MAX_ADDRESS_CHARS) {
		end = `${parts.pop()}/${end}`;
	}
	return `…/${end}`;
}

/** n8n shows what to do only of its own kinds of errors. */
function shown(search: ListSearch): ListSearch {
	return async function (filter, token) {
		try {
			return await search.call(this, filter, token);
		} catch (thrown) {
			throw nodeError(this.getNode(), asExpertError(thrown));
		}
	};
}

/** Under the names by which the fields ask for them. */
export const listSearch = {
	searchPages: shown(searchPages),
	searchArchivedPages: shown(searchArchivedPages),
	searchFiles: shown(searchFiles),
	searchUsers: shown(searchUsers),
	searchWebhooks: shown(searchWebhooks),
};

/** How many entries a step of a list asks for. */
const PAGE_SIZE = 50;

/**
 * One step of a list. The list ends when a step is empty or begins like the one before it: a site may
 * give fewer entries than it is asked for, or the same again and again.
 *
 * @param token from the step before: where this one begins, and how that one began
 */
async function listStep(
	site: ExpertSite,
	{ root, element, entry, query, ...about }: List,
	token = '0',
): Promise<INodeListSearchResult> {
	const [start, ...before] = token.split(' ');
	const offset = Number(start);
	const step = { ...query, limit: PAGE_SIZE, offset };
	const found = children(await site.read({ method: 'GET', query: step, ...about }, root), element);
	const [first] = found;
	if (first === undefined || entryKey(first) === before.join(' ')) return { results: [] };
	return {
		results: found.flatMap(entry),
		paginationToken: `${offset + found.length} ${entryKey(first)}`,
	};
}

function wordsOf(filter = ''): string {
	return filter.trim();
}

/** An entry of a list, by its ID where nothing else names it; none for something without an ID. */
function entryOf(
	value: string | undefined,
	name: string | undefined,
	url?: string,
): INodeListSearchItems[] {
	if (value === undefined) return [];
	return [{ name: name ?? value, value, ...(url === undefined ? {} : { url }) }];
}

/** Many pages can have one title, such as "Overview": the path tells them apart. */
function titleAndPath(page: XmlElement, path: string | undefined): string | undefined {
	const title = textOf(page, 'title') ?? path;
	return path === undefined || path === '' || path === title ? title : `${title} (${path})`;
}
