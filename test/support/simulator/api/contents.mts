import { ok, type Call, type Reply } from '../http/call.mts';
import type { Page } from '../site/pages.mts';
import { plainText } from '../site/text.mts';
import type { XmlData } from '../xml.mts';

/**
 * `contents` as HTML, which is escaped text, or as plain text; the second body of HTML is the table
 * of contents. The three modes give the same text, as nothing here is a script.
 */
export function contentsReply(
	call: Call,
	page: Pick<Page, 'title' | 'html' | 'revision'>,
	more: XmlData = {},
): Reply {
	const isPlain = call.oneOf('format', ['html', 'text']) === 'text';
	call.oneOf('mode', ['view', 'edit', 'raw']);
	const toc = { '@target': 'toc', '#': tableOfContents(page.html) };
	const content = {
		...more,
		'@revision': page.revision,
		'@type': isPlain ? 'text/plain' : 'text/html',
		'@title': page.title,
		body: isPlain ? plainText(page.html) : [page.html, toc],
	};
	return ok({ content });
}

function tableOfContents(html: string): string {
	const items = [...html.matchAll(/<h([2-6])\b[^>]*>(.*?)<\/h\1>/gis)];
	if (items.length === 0) return '';
	return `<ol>${items.map(([, , heading]) => `<li>${heading}</li>`).join('')}</ol>`;
}
