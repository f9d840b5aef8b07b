import { createHmac } from 'node:crypto';

export const SECRET = 'secret of the bench, of some length';
export const AUTHORIZATION = 'Bearer of-the-bench-and-of-a-usual-length';

/** The sizes that are compared: a small event, a usual one, and far more than Expert sends. */
export const sizes = { '0.5 kB': 500, '2 kB': 2_000, '20 kB': 20_000, '200 kB': 200_000 };

/** An event in the form of the vendor's samples, filled up with pages to about so many characters. */
export function eventXml(length: number): string {
	const pages: string[] = [];
	const event = () =>
		`<event id="143c3406-fdfd-11f0-8674-aa9553f76750" datetime="2026-01-30T16:59:45Z" mt-epoch="1136393985653" type="page:delete" wikiid="site_1" language="en-US" journaled="true" version="5"><request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*</signature></request><page id="322" revision="0"><path>Category_2/Guide_2</path></page><deletedpages>${pages.join('')}</deletedpages></event>`;
	for (let left = length - event().length, id = 4000; left > 0; id++) {
		const page = `<page id="${id}" revision="${id % 30}"><path>Category_2/Guide_2/Größe_&amp;_Preis_${id}</path><title>Sizes &amp; prices of ${id}</title></page>`;
		pages.push(page);
		left -= page.length;
	}
	return event();
}

/** The headers of a genuine delivery. */
export interface SignedHeaders extends Record<string, string> {
	'x-nexus-delivery-id': string;
	'x-nexus-timestamp': string;
	'x-nexus-signature-256': string;
}

/** Signs as the vendor does. The delivery has a number, and was signed at this unix second. */
export function signedHeaders(body: Buffer, seconds: number, number: number): SignedHeaders {
	const timestamp = String(seconds);
	const hmac = createHmac('sha256', SECRET).update(`${timestamp}.`).update(body);
	return {
		host: 'n8n.example.com',
		authorization: AUTHORIZATION,
		'content-type': 'application/xml; charset=utf-8',
		'content-length': String(body.length),
		'x-nexus-delivery-id': `6f1a2b3c-5d6e-4f70-8192-${number.toString(16).padStart(12, '0')}`,
		'x-nexus-event-type': 'Page_Delete',
		'x-nexus-timestamp': timestamp,
		'x-nexus-signature-256': `sha256=${hmac.digest('hex')}`,
	};
}
