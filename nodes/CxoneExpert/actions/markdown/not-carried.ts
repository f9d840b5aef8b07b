import { FlatParser } from '../text/active-parts';
import { type Attributes, classesOf, isLeftOut, isScript } from './left-out';

/** Elements of which Markdown has a link or the words alone. */
const SHOWN_OTHERWISE = new Set(['form', 'iframe', 'math']);

/** Returns what would be lost if the HTML of a page, as the editor has it, became Markdown; `undefined` for nothing. */
export function notCarried(html: string): string | undefined {
	let lost: string | undefined;
	let text = '';
	const parser = new FlatParser({
		onopentag(name, attributes) {
			lost ??= lostIn(name, attributes);
		},
		ontext: (part) => (text += part),
	});
	parser.end(html);
	const braces = /\{\{[^]{0,40}/.exec(text)?.[0];
	return braces === undefined ? lost : `the template ${braces.replace(/\s+/g, ' ')}`;
}

function lostIn(name: string, attributes: Attributes): string | undefined {
	if (isScript(name, attributes)) return `a script (${name})`;
	const isConditional = ['if', 'foreach', 'where'].some((each) => attributes[each] !== undefined);
	const classes = classesOf(attributes);
	if (isConditional || classes.includes('mt-style-conditional')) return 'conditional content';
	if (classes.some((each) => /^mt-(?:contentreuse|include)/.test(each))) return 'reused content';
	return isLeftOut(name, attributes) || SHOWN_OTHERWISE.has(name) ? `a hidden part or an element (${name})` : undefined;
}
