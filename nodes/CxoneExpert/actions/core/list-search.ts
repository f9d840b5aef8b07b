import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { pagePath, pageUrl } from '../../api/elements';
import { ADMINS_ONLY, asExpertError } from '../../api/expert-error';
import { entryKey } from '../../api/pagination';
import { listWebhooks, type Webhook } from '../../api/webhooks';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { onlyEntered, refuse } from './field';
import { filesOf, pageOfList } from '../file/file';
import { locatorOf } from './locator';
import { PAGES_ONLY, RESULTS_ONLY } from '../page/get-many.operation';
import { pageReference } from '../page-reference';
import { readList, type SiteList } from './results';
import { ExpertSite, nodeError } from './site';

/** What fills the "From List" fields. n8n gives what a person types there, and where a step begins. */
type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
) => Promise<INodeListSearchResult>;

interface List extends SiteList {
	/** What the field shows of an element; empty for one that cannot be chosen. */
	entry: (found: XmlElement) => INodeListSearchItems[];
	/** Stands before all others. */
	first?: INodeListSearchItems;
}

/** The lists, under the names by which the fields ask for them. */
export const listSearch = {
	searchPages: stepByStep((words, origin) =>
		isSearchable(words) ? foundPages(words) : topPages(words, origin),
	),
	/** Deleted pages, by title. */
	searchArchivedPages: stepByStep((title) => ({
		path: '/archive/pages',
		query: onlyEntered({ title }),
		doing: 'list the pages in the archive',
		messages: { 403: ADMINS_ONLY },
		root: 'pages.archive',
		element: 'page.archive',
		entry: (page) => entryOf(attribute(page, 'id'), titleAndPath(page, pagePath(page))),
	})),
	/** Users by the start of the user name or the e-mail address: the site has no call that looks at the full name, too. */
	searchUsers: stepByStep((usernameemailfilter) => ({
		path: '/users',
		query: onlyEntered({ usernameemailfilter }),
		doing: 'list the users of the site',
		root: 'users',
		element: 'user',
		entry: (user) => entryOf(attribute(user, 'id'), userName(user)),
	})),
	searchFiles: shown(searchFiles),
	searchWebhooks: shown(searchWebhooks),
};

/** How many entries a step of a list asks for. */
const PAGE_SIZE = 50;

/**
 * The list ends when a step is empty or begins like the one before it: a site may give fewer entries than
 * it is asked for, or the same again and again.
 */
function stepByStep(listOf: (words: string, origin: string | undefined) => List): ListSearch {
	return shown(async function (filter, token = '0') {
		const site = await ExpertSite.connect(this);
		const list = listOf(wordsOf(filter), site.origin);
		const { root, element, entry, query, first: before, ...about } = list;
		// Where this step begins, and how the one before it began.
		const [start, ...previous] = token.split(' ');
		const offset = Number(start);
		const step = {
			...about,
			method: 'GET',
			query: { ...query, limit: PAGE_SIZE, offset },
		} as const;
		const found = children(await site.read(step, root), element);
		const results = before !== undefined && offset === 0 ? [before] : [];
		const [first] = found;
		if (first === undefined || entryKey(first) === previous.join(' ')) return { results };
		return {
			results: [...results, ...found.flatMap(entry)],
			paginationToken: `${offset + found.length} ${entryKey(first)}`,
		};
	});
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

/** A search counts against the license of the site, and n8n asks again with every letter (docs/operations.md#what-counts-against-the-license). */
const MIN_SEARCHED_CHARS = 3;

/** A letter of a script without capitals, such as Chinese, can be a word. */
function isSearchable(words: string): boolean {
	return words.length >= MIN_SEARCHED_CHARS || /\p{Lo}/u.test(words);
}

/** The home page and the pages directly below it, by what is in their names: this does not count. */
const topPages = (words: string, url = ''): List => ({
	path: '/pages/home/subpages',
	doing: 'list the pages of the site',
	root: 'subpages',
	element: 'page.subpage',
	entry: (page) => pageEntry(page).filter(({ name }) => contains(name, words)),
	...(contains(HOME_PAGE, words) ? { first: { name: HOME_PAGE, value: 'home', url } } : {}),
});

const HOME_PAGE = 'Home Page';

function contains(text: string, words: string): boolean {
	return text.toLowerCase().includes(words.toLowerCase());
}

const foundPages = (words: string): List => ({
	path: '/site/query',
	query: { q: words, ...RESULTS_ONLY, ...PAGES_ONLY },
	doing: 'search the pages of the site',
	root: 'search',
	element: 'result',
	entry: pageEntry,
});

/** A site that ignores what is asked for may also give files: the specification shows the type of a page. */
function pageEntry(found: XmlElement): INodeListSearchItems[] {
	if ((textOf(found, 'type') ?? 'page') !== 'page') return [];
	const id = attribute(found, 'id') ?? textOf(found, 'id');
	const path = pagePath(child(found, 'page') ?? found);
	return entryOf(id, titleAndPath(found, path), pageUrl(found) ?? textOf(found, 'uri'));
}

/** Many pages can have one title, such as "Overview": the path tells them apart. */
function titleAndPath(page: XmlElement, path: string | undefined): string | undefined {
	const title = textOf(page, 'title') ?? path;
	return path === undefined || path === '' || path === title ? title : `${title} (${path})`;
}

/** No e-mail address: the name of the entry is stored in the workflow. */
function userName(user: XmlElement): string | undefined {
	const name = textOf(user, 'username') ?? textOf(user, 'nick');
	const fullName = textOf(user, 'fullname');
	if (fullName === undefined) return name;
	return name === undefined ? fullName : `${fullName} (${name})`;
}

/** The files of the page in the field "On Page", by name. */
async function searchFiles(this: ILoadOptionsFunctions, filter?: string) {
	const site = await ExpertSite.connect(this);
	const page = chosenPage(this.getCurrentNodeParameter(pageOfList.property.name), site.origin);
	const files = await readList(site, filesOf(page));
	const words = wordsOf(filter);
	const results = files
		.flatMap((file) => {
			const url = attribute(child(file, 'contents'), 'href');
			return entryOf(attribute(file, 'id'), textOf(file, 'filename'), url);
		})
		.filter(({ name }) => contains(name, words));
	return { results };
}

function chosenPage(chosen: unknown, origin: string | undefined) {
	const { value } = locatorOf(chosen);
	// The editor has no incoming item for an expression when it fills the list.
	const isOpen = (value ?? '') === '' || String(value).startsWith('=');
	if (!isOpen) return pageReference(chosen, origin);
	return refuse({
		message: 'No page is chosen yet',
		description: "Choose a page in the field 'On Page': the list shows its files.",
	});
}

/** The webhooks of the site, by what the list shows, or by URL. */
async function searchWebhooks(this: ILoadOptionsFunctions, filter?: string) {
	const site = await ExpertSite.connect(this);
	const words = wordsOf(filter);
	const matches = (webhook: Webhook) => contains(`${webhookName(webhook)} ${webhook.url}`, words);
	const webhooks = await listWebhooks(site, { matches });
	return { results: webhooks.map((each) => ({ name: webhookName(each), value: each.id })) };
}

/** About what n8n shows of an entry behind its number and state; it cuts off the rest. */
const MAX_ADDRESS_CHARS = 42;

/** Number and state first: the list is opened to see them. */
export function webhookName({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>): string {
	const name = `#${id}, ${active ? 'on' : 'off'}`;
	return url === '' ? name : `${name}: ${shortAddress(url)}`;
}

/** The end of an address, where those of one n8n differ: all its webhooks begin alike. */
function shortAddress(url: string): string {
	const address = url.replace(/^https?:\/\//i, '').replace(/(\/[^/]+)\/webhook$/, '$1');
	if (address.length <= MAX_ADDRESS_CHARS) return address;
	const parts = address.split('/');
	let end = parts.pop()!;
	while (parts.length > 0 && `…/${parts.at(-1)}/${end}`.length <= MAX_ADDRESS_CHARS) {
		end = `${parts.pop()}/${end}`;
	}
	return `…/${end}`;
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
