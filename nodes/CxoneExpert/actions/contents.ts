import type { ApiCall } from '../api/client';
import { attribute, children, textOf, type XmlElement } from '../api/xml';
import { flagField, optionsField } from './core/field';
import type { OperationContext } from './core/operation';

/** "Options" of a thing that has contents; `thing` is e.g. `draft`. */
export function contentsOptions(thing: string) {
	const includeContents = flagField({
		displayName: 'Include Contents',
		name: 'includeContents',
		description: `Whether to add the text of the ${thing} (HTML) to the item as "contents"`,
	});
	return optionsField({ includeContents });
}

/** The text of a thing that has contents: HTML. */
export async function readContents({ site }: OperationContext, call: ApiCall): Promise<string> {
	return textIn(await site.read(call, 'content'));
}

/** The text in a `content` element: its body, not the table of contents that stands next to it. */
export function textIn(content: XmlElement): string {
	return textOf(bodyFor(content, undefined)) ?? '';
}

/** What a site gives instead of a table of contents for a page without headings. */
const NO_HEADINGS = /^\s*(?:<em>No headers<\/em>\s*)?$/i;

/** The table of contents in a `content` element, as HTML; `undefined` for a page without headings. */
export function tableOfContentsIn(content: XmlElement): string | undefined {
	const html = textOf(bodyFor(content, 'toc'));
	return html === undefined || NO_HEADINGS.test(html) ? undefined : html;
}

function bodyFor(content: XmlElement, target: string | undefined): XmlElement | undefined {
	return children(content, 'body').find((body) => attribute(body, 'target') === target);
}
