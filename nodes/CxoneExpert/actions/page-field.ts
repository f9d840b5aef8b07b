import type { INodeProperties } from 'n8n-workflow';

import { pageKey, withoutSlashes } from '../api/path-segment';
import { pageAddress } from '../api/site-url';
import type { UserMessage } from '../api/expert-error';
import { EMPTY_EXPRESSION, type Field, refuseInput } from './field';
import {
	fromItem,
	HOW_TO_LIST,
	locatorOf,
	locatorProperty,
	NOT_CHOSEN,
	refuseOtherSite,
	WEB_ADDRESS,
	wellFormed,
} from './locator';

/** A page as the API takes it in a path, and as messages name it. */
export interface PageReference {
	/** One path segment, encoded: `42`, `home`, `:<guid>` or `=` and a path, encoded twice. */
	key: string;
	/** In messages, e.g. `page 42` or `page "Guides/Setup"`. */
	label: string;
	/** The path, when the page is named by it or by its address; not of the home page. */
	path?: string;
}

/**
 * The page that a resource locator names: by number, path or address, or as the `page` of a trigger
 * item. Source of the forms: docs/vendor-facts.md#identifiers.
 *
 * @param value `{ mode, value }` of n8n's resource locator, or what an expression gave in its place
 * @param origin of the site: an address elsewhere is no page of it
 * @throws ExpertError where none is named
 */
export function pageReference(value: unknown, origin: string | undefined): PageReference {
	const { mode, value: entered } = locatorOf(value);
	if (typeof entered === 'object' && entered !== null) return byItem(entered, origin);
	// An expression that gave nothing must not count as the empty path, which is the home page.
	if (!isText(entered)) return refuseInput(NO_PAGE);
	const text = String(entered).trim();
	if (/^https?:\/\//i.test(text)) return byUrl(text, origin);
	if (mode === 'path') return isHome(text) || text === '/' ? HOME : byPath(text);
	if (text === '') return refuseInput(NO_PAGE);
	if (mode === 'url') return notAnAddress(text);
	return byId(text);
}

/**
 * The page that an operation changes. The home page has to be named: an empty path is what an expression
 * gives for a row without one.
 */
function targetPageReference(value: unknown, origin: string | undefined): PageReference {
	const reference = pageReference(value, origin);
	return reference === UNNAMED_HOME ? refuseInput(EMPTY_PATH) : reference;
}

const NO_PAGE: UserMessage = {
	message: 'No page is named',
	description:
		'Choose a page, or enter its ID, path or address. If the field contains an expression such as {{ $json.page.id }}, the incoming item has none: not every event names a page, and a node in between may have dropped it. Then use {{ $("CXone Expert Trigger").item.json.page.id }}.',
};

function isText(value: unknown): value is string | number {
	return typeof value === 'string' || Number.isFinite(value);
}

/** The `page` of an item of the trigger or of this node, or the whole item. */
function byItem(item: object, origin: string | undefined): PageReference {
	const { id, path, url, page } = item as Record<string, unknown>;
	if (typeof page === 'object' && page !== null) return byItem(page, origin);
	if (isText(id) && id !== '') return byId(String(id).trim());
	if (typeof path === 'string') return byPath(path);
	if (typeof url === 'string') return byUrl(url, origin);
	return refuseInput(NO_PAGE);
}

function byId(text: string): PageReference {
	if (/^\d+$/.test(text)) return { key: text, label: `page ${text}` };
	if (isHome(text)) return HOME;
	const guid = /^:?([0-9a-f]{32})$/i.exec(text)?.[1];
	if (guid !== undefined) return { key: `:${guid}`, label: `page ${guid}` };
	return refuseInput({
		message: `"${text.slice(0, 100)}" is not the ID of a page`,
		description:
			'An ID is a number, such as 42. To name the page by its path or its address, choose "By Path" or "By URL".',
	});
}

const HOME: PageReference = { key: 'home', label: 'the home page' };

/** The home page by an empty path: good enough to be read. */
const UNNAMED_HOME: PageReference = { ...HOME };

const EMPTY_PATH: UserMessage = {
	message: 'The path is empty',
	description: `Enter the path of the page, such as Guides/Setup. For the home page, choose "By Path" and enter "home". ${EMPTY_EXPRESSION}`,
};

function isHome(text: string): boolean {
	return text.toLowerCase() === 'home';
}

function byPath(text: string): PageReference {
	const entered = text.trim();
	if (entered.length > MAX_PATH_CHARS) return refuseInput(LONG_PATH);
	const path = withoutSlashes(entered).trim();
	if (path === '') return UNNAMED_HOME;
	return { key: pageKey(path), label: `page "${path}"`, path };
}

/** More than any site has; a longer text is no path. */
export const MAX_PATH_CHARS = 2000;

export const LONG_PATH: UserMessage = {
	message: 'The path is longer than 2,000 characters',
	description:
		'Enter the path of one page, such as Guides/Setup. If the field contains an expression, look at what it gives for this item.',
};

/**
 * Whether two paths are spellings of one: for a site upper and lower case are the same, and so are
 * a space and `_`; a character can be encoded or not.
 */
export function isSamePath(one: string, other: string): boolean {
	return canonical(one) === canonical(other);
}

function canonical(path: string): string {
	const spelled = decoded(withoutSlashes(path.trim())).normalize('NFC');
	return spelled.replaceAll(' ', '_').toLowerCase();
}

/** An address without a path is what an expression gives for a row without one, too. */
function byUrl(text: string, origin: string | undefined): PageReference {
	if (!URL.canParse(text)) return notAnAddress(text);
	const url = new URL(text);
	refuseOtherSite(
		url,
		origin,
		(own) =>
			`Enter the address of a page of the site in the credential, such as ${pageAddress(own, 'Guides/Setup')}.`,
	);
	const key = /^\/(?:@api\/deki\/pages|@go\/page)\/([^/]+)/.exec(url.pathname)?.[1];
	if (key === undefined) return byPath(decoded(url.pathname));
	return key.startsWith('=') ? byPath(decoded(decoded(key.slice(1)))) : byId(decoded(key));
}

function notAnAddress(text: string): PageReference {
	return refuseInput({
		message: `"${text.slice(0, 100)}" is not the address of a page`,
		description:
			'Enter the address as the browser shows it, such as https://help.example.com/Guides/Setup.',
	});
}

/** Decoded; a `%` that encodes nothing stays as it is. */
function decoded(path: string): string {
	return path.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
		const text = Buffer.from(bytes.replaceAll('%', ''), 'hex').toString();
		return text.includes('\uFFFD') ? bytes : text;
	});
}

/** A page by list, number, path or address. */
export function pageField(
	changes: Partial<INodeProperties> = {},
	toReference = pageReference,
): Field<PageReference> {
	const property = locatorProperty(
		'searchPages',
		{
			displayName: 'Page',
			name: 'page',
			default: fromItem('{{ $json.page.id }}'),
			description: `The page. Drag the page ID from a trigger item into this field, or choose another way to name the page. ${HOW_TO_LIST}`,
			modes: [
				{ displayName: 'By Path', name: 'path', type: 'string', placeholder: 'e.g. Guides/Setup' },
				{
					displayName: 'By URL',
					name: 'url',
					type: 'string',
					placeholder: 'e.g. https://help.example.com/Guides/Setup',
					validation: WEB_ADDRESS,
				},
			],
		},
		{
			validation: wellFormed(
				/\d+|[Hh][Oo][Mm][Ee]|:?[0-9A-Fa-f]{32}/,
				'An ID is a number, such as 42, or "home". For a path or an address, choose "By Path" or "By URL".',
			),
		},
	);
	return {
		property: { ...property, ...changes },
		read(entered, { origin }) {
			return toReference(entered, origin);
		},
	};
}

/** A page that is only read. */
export const page = pageField();

/** A page at which an operation changes something: it has to be named. */
export function targetPageField(changes: Partial<INodeProperties> = {}): Field<PageReference> {
	return pageField(changes, targetPageReference);
}

/** In the editor the same field as {@link page}. */
export const targetPage: Field<PageReference> = { ...targetPageField(), property: page.property };

/**
 * A page of which something is removed. It begins empty, so that an untouched node behind a trigger
 * removes nothing when it is tried.
 */
export const pageToRemove = targetPageField({
	default: NOT_CHOSEN,
	description:
		'The page. Choose it from the list, drag the page ID from a trigger item into this field, or choose another way to name the page.',
});

/** The page below which something is looked for; the home page, and so the whole site, at first. */
export const below = pageField({
	displayName: 'Below Page',
	name: 'below',
	default: { __rl: true, mode: 'path', value: '' },
	required: false,
	description:
		'The page below which to look. An empty path means the home page, and so the whole site.',
});
