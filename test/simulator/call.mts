import type { User } from './users.mts';
import { mayDo } from './users.mts';
import { ApiError, invalidInput } from './errors.mts';
import { readXml, XmlError, type Element, type XmlData } from './xml.mts';

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
}

export type Handler = (call: Call) => Reply;
export type Route = [method: 'get' | 'post' | 'put' | 'delete', path: string, handler: Handler];

export const ok = (data?: XmlData): Reply => ({ status: 200, data });

/** 403 unless the caller may do it; Anonymous may do nothing (§5.4). */
export function need(call: Call, operation: string): void {
	if (mayDo(call.user, operation)) return;
	throw new ApiError(403, `${operation} access is required`, 'System.API.Error.forbidden');
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

/**
 * Bytes to text by the charset. Without one, non-ASCII characters are lost (§7.3), which is why a
 * client must name it.
 */
export function decodeBody(body: Uint8Array, contentType: string, asciiOnly: boolean): string {
	const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1];
	const text = new TextDecoder(decoderName(charset)).decode(body);
	return charset === undefined && asciiOnly ? text.replace(/[^\p{ASCII}]/gu, '?') : text;
}

function decoderName(charset = 'utf-8'): string {
	try {
		return new TextDecoder(charset).encoding;
	} catch {
		return 'utf-8';
	}
}
