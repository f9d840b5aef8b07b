import { refuse } from '../../parameters/field';
import { Parser } from '../markdown/libraries';
import { eachText } from './each-text';

/* Finds what runs for whoever opens a page or a draft: docs/vendor-facts.md#writing-pages. */

/** Elements that run, wherever they stand, because comments and attributes may not be what they seem. */
const ELEMENTS =
	/<script(?=[\s/>])[\s\S]*?(?:<\/script(?=[\s/>])|$)|<(?:animate|applet|base|embed|frame|iframe|meta|object|set)(?=[\s/>])[^>]*/gi;

const RUNNING_ADDRESS = /^(?:javascript|vbscript|data(?!:image\/)):/i;

/** Returns the first part that runs and that none of the texts before had; `undefined` if there is none. */
export function addedActivePart(html: string, before: string[]): string | undefined {
	const known = new Set(before.flatMap((text) => activeParts(text)));
	return activeParts(html).find((part) => !known.has(part));
}

export function activeParts(html: string): string[] {
	const elements = html.match(ELEMENTS) ?? [];
	const braces = inBraces(textIn(html));
	return [...elements, ...braces, ...activeAttributes(html), ...siteScripts(html)];
}

/**
 * Returns texts from double braces to the next ones; a site may remove tags between two braces. Those that nothing
 * closes do not run yet, so they are only counted, and the text behind them may change.
 */
function inBraces(text: string): string[] {
	const joined = text.replace(/([{}])(?:<[^<>]*>)+(?=\1)/g, '$1');
	const [, ...parts] = joined.split('{{');
	const lastClosed = parts.map((part) => part.includes('}}')).lastIndexOf(true);
	return parts.map((part, index) => {
		if (index > lastClosed) return `{{ (not closed: ${index - lastClosed})`;
		const end = part.lastIndexOf('}}');
		return `{{${end === -1 ? part : part.slice(0, end)}}}`;
	});
}

/** Decodes characters that are written by name or number, and leaves tags as they are. */
function textIn(html: string): string {
	let text = '';
	new Parser({ ontext: (part) => (text += part) }).end(html.replaceAll('<', '&lt;'));
	return text;
}

/** Reads the values of attributes, too: where a browser reads text alone, they can be markup. */
function activeAttributes(html: string, depth = 1): string[] {
	if (depth > MAX_VALUES) refuse(TOO_MANY_VALUES);
	const found: string[] = [];
	const parser = new FlatParser({
		onattribute(name, value) {
			const address = value.replace(/[\0- ]+/g, '');
			const runs = /^on[a-z]/.test(name) || RUNNING_ADDRESS.test(address);
			if (runs) found.push(`${name}="${value}"`);
			if (!value.includes('<')) return;
			for (const part of activeAttributes(value, depth + 1)) found.push(part);
		},
	});
	parser.end(`${withTagsAlone(html)}"'>`);
	return found;
}

/** Limits the time: each value is read again with all that are within it. */
const MAX_VALUES = 20;

const TOO_MANY_VALUES = {
	message: 'The text has more than 20 attributes within the values of each other, so nothing was changed',
	description:
		'Write < as &lt; in texts, and close the quotes of attributes. If the text that is there has them, open the page in the editor of Expert and save it there once.',
};

/** Nesting does not matter to attributes, and takes time. */
export class FlatParser extends Parser {
	protected override isVoidElement(): boolean {
		return true;
	}
}

/** Returns the texts of elements that the site runs. */
function siteScripts(html: string): string[] {
	const found: string[] = [];
	const visit = (text: string, _start: number, script: number | undefined) => {
		if (script !== undefined) found[script - 1] = `${found[script - 1] ?? ''}${text}`;
	};
	eachText(withTagsAlone(html), visit, true);
	return found;
}

/** Disarms comments and elements that hold text alone, in which tags would not count. The end closes what is open. */
function withTagsAlone(html: string): string {
	return html
		.replace(/<(?=[!?]|\/[^a-z])/gi, '&lt;')
		.replace(/<(?=\/?(?:iframe|noembed|noframes|noscript|plaintext|script|style|textarea|title|xmp)\b)/gi, '<x-');
}
