import { attribute, children, readXml, type XmlElement } from '../api/xml';
import { canonicalEventName } from '../api/event-types';

export interface ExpertEvent {
	/** Path form, e.g. `pagecontent_update`; `undefined` when the XML has no type. */
	type: string | undefined;
	xml: XmlElement;
}

export type Message = ReadableMessage | UnreadableMessage;
export interface ReadableMessage {
	rawXml: string;
	events: ExpertEvent[];
}
export interface UnreadableMessage {
	rawXml: string;
	unreadable: string;
}

/** Parses a delivery. Never throws: a verified delivery is never rejected. */
export function parseDelivery(bytes: Buffer, contentType: string | undefined): Message {
	const rawXml = decode(bytes, contentType);
	const read = readXml(rawXml);
	if (typeof read === 'string') return { rawXml, unreadable: read };
	const { name, root } = read;
	// The vendor shows one event per delivery, but does not rule out a list
	// (docs/vendor-facts.md#event-document).
	const elements = name === 'events' ? children(root, 'event') : name === 'event' ? [root] : [];
	if (elements.length === 0) return { rawXml, unreadable: `the document <${name}> holds no event` };
	return { rawXml, events: elements.map(toEvent) };
}

function toEvent(xml: XmlElement): ExpertEvent {
	const type = attribute(xml, 'type');
	return { type: type === undefined ? undefined : canonicalEventName(type), xml };
}

/**
 * Decodes by the charset of the XML declaration, else UTF-8; falls back to the header's charset
 * only for bytes that do not fit. The header is not signed: a replayed delivery with another
 * charset could pass a filter that held it back. Invalid bytes become U+FFFD; the signature covers
 * the bytes.
 */
function decode(bytes: Buffer, contentType = ''): string {
	// A byte order mark is more reliable than any name.
	const mark = bytes.subarray(0, 2).toString('hex');
	if (mark === 'fffe' || mark === 'feff') {
		return new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be').decode(bytes);
	}
	const declared = declaredCharset(bytes);
	const text = decoded(bytes, declared, { fatal: true });
	// UTF-16 is valid UTF-8, with zeros.
	if (text?.includes('\0') === false) return text;
	const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1] ?? declared;
	// The charset is unknown, and UTF-8 is by far the likeliest.
	return decoded(bytes, charset) ?? new TextDecoder().decode(bytes);
}

/** Nearly all deliveries need this decoder, so it is kept. */
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** `undefined` for an unknown charset and, with `fatal`, for invalid bytes. */
function decoded(bytes: Buffer, charset: string, { fatal = false } = {}): string | undefined {
	try {
		const isUsual = fatal && charset === 'utf-8';
		const decoder = isUsual ? STRICT_UTF8 : new TextDecoder(charset, { fatal });
		return decoder.decode(bytes);
	} catch {
		return undefined;
	}
}

function declaredCharset(bytes: Buffer): string {
	const start = bytes.subarray(0, 200).toString('latin1');
	const declared = /^[^<]{0,4}<\?xml[^>]{0,80}encoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1];
	// A declaration that is readable in single bytes is not UTF-16, whatever it says.
	return declared === undefined || /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}
