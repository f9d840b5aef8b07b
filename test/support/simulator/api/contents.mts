import { oneOf, type Call, type Reply } from '../http/call.mts';
import type { Page } from '../site/pages.mts';
import { plainText } from '../site/plain-text.mts';
import type { XmlData } from '../xml.mts';

/**
 * Dekicode is asked for and HTML is given, with status 203: see docs/vendor-facts.md#reading-pages.
 */
const formats = ['html', 'xhtml', 'text', 'dekicode'] as const;
const modes = ['view', 'edit', 'raw'] as const;

const types = {
	html: 'text/html',
	xhtml: 'application/xhtml+xml',
	text: 'text/plain',
	dekicode: 'text/html',
};

/**
 * `contents` in the wanted format. HTML is escaped text, and so is taken to be XHTML; the second
 * body is the table of contents. The three modes give the same text, as nothing here is a script.
 */
export function contentsReply(
	call: Call,
	page: Pick<Page, 'title' | 'html' | 'revision'>,
	more: XmlData = {},
): Reply {
	const format = oneOf(call, 'format', formats);
	oneOf(call, 'mode', modes);
	const text = format === 'text' ? plainText(page.html) : page.html;
	const toc = { '@target': 'toc', '#': tableOfContents(page.html) };
	const content = {
		...more,
		'@revision': page.revision,
		'@type': types[format],
		'@title': page.title,
		body: format === 'text' ? text : [text, toc],
	};
	return { status: format === 'dekicode' ? 203 : 200, data: { content } };
}

function tableOfContents(html: string): string {
	const items = [...html.matchAll(/<h([2-6])\b[^>]*>(.*?)<\/h\1>/gis)];
	if (items.length === 0) return '';
	return `<ol>${items.map(([, , heading]) => `<li>${heading}</li>`).join('')}</ol>`;
}
