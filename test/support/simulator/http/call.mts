import type { PageXml } from '../api/page-xml.mts';
import type { UserXml } from '../api/users.mts';
import type { Settings } from '../settings.mts';
import type { Site } from '../site/site.mts';
import { mayDo, type User } from '../site/users.mts';
import type { Webhooks } from '../site/webhooks.mts';
import type { Cdn } from './cdn.mts';
import { forbidden, invalidInput } from './errors.mts';
import { readXml, XmlError, type Element, type XmlData } from '../xml.mts';
import { elementAt, present } from '../../present.mts';

/** One API request as a handler sees it. */
export interface Call {
	user: User;
	/** Path parameters, decoded once. */
	params: Record<string, string>;
	query: URLSearchParams;
	contentType: string;
	/** Body as text, decoded by its charset, and as it came. */
	text: string;
	bytes: Buffer;
}

export interface Reply {
	status: number;
	data?: XmlData;
	/** File and property contents; not XML of the API. */
	raw?: { body: Buffer; type: string };
	/** Of a redirect. */
	location?: string;
}

/** What the handlers of API calls work with. */
export interface Backend {
	site: Site;
	webhooks: Webhooks;
	settings: Settings;
	xml: PageXml;
	userXml: UserXml;
	cdn: Pick<Cdn, 'put'>;
}

export type Handler = (call: Call, backend: Backend) => Reply;
export type Route = [method: 'get' | 'post' | 'put' | 'delete', path: string, handler: Handler];

/** The handlers behind a right that the caller needs. */
export function allNeed(operation: string, routes: Route[]): Route[] {
	return routes.map(([method, path, handler]) => [
		method,
		path,
		(call, backend) => {
			need(call, operation);
			return handler(call, backend);
		},
	]);
}

export const ok = (data?: XmlData): Reply => ({ status: 200, data });

/** A part of the path. */
export function param({ params }: Call, name: string): string {
	return present(params[name], `path parameter ${name}`);
}

/**
 * 403 unless the caller may do it; Anonymous may do nothing
 * (docs/vendor-facts.md#anonymous-responses).
 */
export function need(call: Call, operation: string): void {
	if (mayDo(call.user, operation)) return;
	throw forbidden(operation);
}

/** The body's root element; 400 unless it is XML with that root. */
export function bodyOf(call: Call, root: string): Element {
	try {
		const element = readXml(call.text);
		if (element.nodeName === root) return element;
		throw invalidInput(`expected <${root}>, got <${element.nodeName}>`);
	} catch (error) {
		if (error instanceof XmlError) throw invalidInput(error.message);
		throw error;
	}
}

/** A whole number of the query or path; 400 for anything else. */
export function wholeNumber(text: string | null, name: string, absent?: number): number {
	if (text === null && absent !== undefined) return absent;
	if (text !== null && /^\d{1,15}$/.test(text)) return Number(text);
	throw invalidInput(`'${name}' must be a whole number`);
}

/** A query value that is one of a few words; 400 for any other. */
export function oneOf<T extends string>(call: Call, name: string, words: readonly T[]): T {
	const text = call.query.get(name);
	if (text === null) return elementAt(words, 0);
	const word = words.find((each) => each === text.toLowerCase());
	if (word === undefined) throw invalidInput(`'${name}' must be one of ${words.join(', ')}`);
	return word;
}

/** `true` or `false` in the query. */
export function flag(call: Call, name: string, absent = false): boolean {
	const words = absent ? (['true', 'false'] as const) : (['false', 'true'] as const);
	return oneOf(call, name, words) === 'true';
}

/** A comma list in the query; empty when it is not there. */
export function listOf(call: Call, name: string): string[] {
	const parts = (call.query.get(name) ?? '').split(',');
	return parts.map((part) => part.trim()).filter(Boolean);
}

/** The part of a list that `limit` (a number or `all`) and `offset` ask for. */
export function windowOf<T>(
	call: Call,
	items: T[],
	limitAbsent: number,
	{ maxPageSize, ignoresOffset }: Settings,
): T[] {
	const offset = wholeNumber(call.query.get('offset'), 'offset', 0);
	const limit = call.query.get('limit');
	const asked = limit === 'all' ? items.length : wholeNumber(limit, 'limit', limitAbsent);
	const start = ignoresOffset ? 0 : offset;
	return items.slice(start, start + Math.min(asked, maxPageSize));
}

/**
 * Bytes to text by the charset. Without one, non-ASCII characters are lost
 * (docs/vendor-facts.md#writing-pages), which is why a client must name it.
 */
export function decodeBody(body: Uint8Array, contentType: string): string {
	const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1];
	const text = new TextDecoder(decoderName(charset)).decode(body);
	return charset === undefined ? text.replace(/[^\p{ASCII}]/gu, '?') : text;
}

function decoderName(charset = 'utf-8'): string {
	try {
		return new TextDecoder(charset).encoding;
	} catch {
		return 'utf-8';
	}
}
