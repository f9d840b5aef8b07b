import { describe, expect, it } from 'vitest';

import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';

const xmlOf = (path: string) => `<event type="page:create"><page><path>${path}</path></page></event>`;
const utf8 = (text: string) => Buffer.from(text, 'utf8');

function pathIn(bytes: Buffer, contentType?: string): unknown {
	const message = parseDelivery(bytes, contentType);
	if ('unreadable' in message) return message;
	return (message.events[0]?.xml.page as Record<string, unknown>).path;
}

it('several events in one delivery are read in their order', () => {
	const xml = '<events><event type="page:create" id="1"/><event type="user:update" id="2"/></events>';
	expect(parseDelivery(utf8(xml), 'text/xml')).toEqual({
		rawXml: xml,
		events: [
			{ type: 'page_create', xml: { '@type': 'page:create', '@id': '1' } },
			{ type: 'user_update', xml: { '@type': 'user:update', '@id': '2' } },
		],
	});
});

it.each([
	['an empty body', '', 'the document is empty'],
	['another root', '<page id="1"/>', 'the document <page> holds no event'],
	['an empty list', '<events/>', 'the document <events> holds no event'],
])('an unreadable delivery keeps its text and says why: %s', (_case, text, unreadable) => {
	expect(parseDelivery(utf8(text), 'text/xml')).toEqual({ rawXml: text, unreadable });
});

describe('parseDelivery, charset', () => {
	it.each([
		['UTF-8 when nothing names one', utf8(xmlOf('Größe_日本')), undefined],
		['UTF-8 with a byte order mark', utf8(`\uFEFF${xmlOf('Größe_日本')}`), 'text/xml'],
		['UTF-16 when a byte order mark says so', Buffer.from(`\uFEFF${xmlOf('Größe_日本')}`, 'utf16le'), 'text/xml'],
		[
			'UTF-16 when the header says so',
			Buffer.from(`\uFEFF${xmlOf('Größe_日本')}`, 'utf16le'),
			'text/xml; charset="UTF-16"',
		],
		[
			// Software on .NET writes this into documents that it sends as UTF-8.
			'UTF-8 when the declaration claims UTF-16 in single bytes',
			utf8(`<?xml version="1.0" encoding="utf-16"?>${xmlOf('Größe_日本')}`),
			'text/xml',
		],
	])('the charset of the text is %s', (_case, bytes, contentType) => {
		expect(pathIn(bytes, contentType)).toBe('Größe_日本');
	});

	it.each([
		['the header', xmlOf('Größe'), 'text/xml; charset=iso-8859-1'],
		['the XML declaration', `<?xml version="1.0" encoding='ISO-8859-1'?>${xmlOf('Größe')}`, 'text/xml'],
		[
			'the header even when the declaration names another',
			`<?xml version="1.0" encoding="utf-8"?>${xmlOf('Größe')}`,
			'text/xml;Charset = iso-8859-1',
		],
	])('the charset is taken from %s', (_case, text, contentType) => {
		expect(pathIn(Buffer.from(text, 'latin1'), contentType)).toBe('Größe');
	});

	it('bytes that are not valid become U+FFFD, and the rest is read', () => {
		expect(pathIn(Buffer.from(xmlOf('a\xffb'), 'latin1'), 'text/xml')).toBe('a\uFFFDb');
	});
});
