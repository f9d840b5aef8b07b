import type { UserMessage } from '../api/expert-error';
import { pageKey, trimmed, withoutSlashes } from '../api/path-segment';
import { type InputContext, refuse } from '../parameters/field';
import { byNumberOrGuid, isWebAddress, locatorOf, ownAddress, type Reference } from '../parameters/locator';

/** A page by number, guid, path, or `home`. */
export interface PageReference extends Reference {
	/** Path of a page that is named by its path or address, except for the home page. */
	path?: string;
	/** A path that may have been meant as an ID: a number without a slash. */
	isNumber?: true;
}

/**
 * Takes the forms of docs/vendor-facts.md#identifiers, and the `page` of a trigger item. A model cannot choose a mode:
 * from it, what is no ID is a path.
 *
 * @param value n8n's resource locator, or the result of an expression in its place
 * @param context of the site: addresses elsewhere are refused
 */
export function pageReference(
	value: unknown,
	{ origin, isTool }: Pick<InputContext, 'origin' | 'isTool'>,
): PageReference {
	const { mode, value: entered } = locatorOf(value);
	if (typeof entered === 'object' && entered !== null) return byItem(entered, origin);
	// The result of an expression without a value must not count as the empty path, which is the home page.
	if (!isText(entered)) return refuse(NO_PAGE);
	const text = String(entered).trim();
	if (isWebAddress(text)) return byAddress(text, origin);
	if (mode === 'path') return isHome(text) || text === '/' ? HOME : byPath(String(entered));
	if (text === '') return refuse(NO_PAGE);
	if (mode === 'url' && isTool !== true) return notAnAddress(text);
	return byId(text, isTool);
}

const NAME_THE_PAGE = 'Name the page by its id, path or address.';

const NO_PAGE: UserMessage = {
	message: 'No page is named',
	description:
		'Switch the field to Fixed and choose a page, or enter its ID, path or address. What an expression takes from the incoming item is not there: use {{ $json.id }} after Get, Get Many or Create or Update, {{ $json.page.id }} after the trigger, though not every event names a page, or drag the ID from another step.',
	toModel: NAME_THE_PAGE,
};

function isText(value: unknown): value is string | number {
	return typeof value === 'string' || Number.isFinite(value);
}

/** An item of the trigger or of this node, or its `page`. */
function byItem(item: object, origin: string | undefined): PageReference {
	const { id, path, url, page } = item as Record<string, unknown>;
	if (typeof page === 'object' && page !== null) return byItem(page, origin);
	if (isText(id) && id !== '') return byId(String(id).trim());
	if (typeof path === 'string') return byPath(path);
	if (typeof url === 'string') return byAddress(url, origin);
	return refuse(NO_PAGE);
}

function byId(text: string, isPathToo = false): PageReference {
	if (isHome(text)) return HOME;
	const reference = byNumberOrGuid(text, 'page');
	if (reference !== undefined) return reference;
	if (isPathToo) return byPath(text);
	return refuse({
		message: `"${text.slice(0, 100)}" is not the ID of a page`,
		description:
			'An ID is a number, such as 42. The address of the page can stand in its place; to name the page by its path, choose "By Path".',
		toModel: NAME_THE_PAGE,
	});
}

const HOME: PageReference = { key: 'home', label: 'the home page' };

/** The home page, named by an empty path, which is enough for reading. */
export const UNNAMED_HOME: PageReference = { ...HOME };

function isHome(text: string): boolean {
	return text.toLowerCase() === 'home';
}

function byPath(text: string): PageReference {
	const path = enteredPath(text).trim();
	// Spaces name no page, and so not the home page.
	if (path === '') return /\s/.test(text) ? refuse(NO_PAGE) : UNNAMED_HOME;
	const isNumber = /^\d+$/.test(text.trim()) && { isNumber: true as const };
	return { key: pageKey(path), label: `page "${path}"`, path, ...isNumber };
}

/** `undefined` if it is the home page, which is always there. */
export function parentOf({ path = '' }: PageReference): PageReference | undefined {
	// Two slashes stand for one in a title: docs/vendor-facts.md#identifiers.
	const parent = /^(.*[^/])\/[^/]/s.exec(path)?.[1];
	return parent === undefined ? undefined : byPath(parent);
}

const MAX_PATH_CHARS = 2000;

/** Nobody can write a page below the API, files, and pages of the site's own. */
const SERVICE = /^\/*(@|special:)/i;

export function enteredPath(text: string): string {
	const entered = text.trim();
	if (SERVICE.test(percentDecoded(entered))) return notAnAddress(entered);
	if (entered.length <= MAX_PATH_CHARS) return withoutDots(withoutSlashes(entered));
	return refuse({
		message: 'The path is longer than 2,000 characters',
		description:
			'Enter the path of one page, such as Guides/Setup. If the field contains an expression, look at what it gives for this item.',
		toModel: 'Pass the path of one page, such as Guides/Setup.',
	});
}

/** Refuses a path that sites would refuse as a conflict (docs/vendor-facts.md#identifiers). */
function withoutDots(path: string): string {
	const part = path.split('/').find((each) => each.trim() === '.' || each.trim() === '..');
	if (part === undefined) return path;
	return refuse({
		message: `"${part.trim()}" cannot be a part of a path`,
		description:
			'Enter the full path of the page from the home page on, such as Guides/Setup. If the field contains an expression, look at what it gives for this item.',
		toModel: 'Pass the full path of the page from the home page on, such as Guides/Setup.',
	});
}

/**
 * Whether sites treat two paths as one: they ignore case, encoding, the difference between a space and `_`, and those
 * at the ends of a part; some read `+` as a space.
 */
export function isSamePath(one: string, other: string): boolean {
	return canonical(one) === canonical(other);
}

function canonical(path: string): string {
	const spelled = percentDecoded(withoutSlashes(path.trim())).normalize('NFC');
	const parts = spelled.replaceAll(/[ +]/g, '_').toLowerCase().split('/');
	return parts.map((part) => trimmed(part, '_')).join('/');
}

/** An address without a path is what an expression gives for a row without one. */
function byAddress(text: string, origin: string | undefined): PageReference {
	const url = ownAddress(text, origin, 'page');
	if (url === undefined) return notAnAddress(text);
	// Some sites write a path with special characters like this.
	const title = url.pathname === '/index.php' ? url.searchParams.get('title') : null;
	if (title !== null) return byPath(title);
	const key = /^\/(?:@api\/deki\/pages|@go\/page)\/([^/]+)/.exec(url.pathname)?.[1];
	if (key === undefined) return byPath(percentDecoded(url.pathname));
	return key.startsWith('=') ? byPath(percentDecoded(percentDecoded(key.slice(1)))) : byId(percentDecoded(key));
}

function notAnAddress(text: string): never {
	return refuse({
		message: `"${text.slice(0, 100)}" is not the address of a page`,
		description: 'Enter the address as the browser shows it, such as https://help.example.com/Guides/Setup.',
	});
}

/** Leaves a `%` that encodes nothing. */
function percentDecoded(path: string): string {
	return path.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
		const text = Buffer.from(bytes.replaceAll('%', ''), 'hex').toString();
		return text.includes('\uFFFD') ? bytes : text;
	});
}
