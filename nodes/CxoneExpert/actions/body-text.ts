import { attribute, children, textOf, type XmlElement } from '../transport/xml';

/** The HTML in a `content` element: its body, not the table of contents that stands next to it. */
export function bodyText(content: XmlElement): string {
	const bodies = children(content, 'body');
	return textOf(bodies.find((body) => attribute(body, 'target') === undefined)) ?? '';
}
