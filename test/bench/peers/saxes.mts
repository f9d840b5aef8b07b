import { SaxesParser } from 'saxes';
import type { XmlReader } from './index.mts';

type Element = Record<string, unknown>;
/** An element that is being read. */
interface Open {
	name: string;
	element: Element;
	text: string;
}

/** A strict parser that tells what it meets; a few lines make the same objects of it as the node's. */
export const saxes: XmlReader = {
	name: 'saxes + object builder',
	read: (xml) => {
		const root: Element = {};
		const stack: Open[] = [{ name: '', element: root, text: '' }];
		const addText = (text: string) => (stack.at(-1)!.text += text);
		const parser = new SaxesParser();
		parser.on('error', (error) => {
			throw error;
		});
		parser.on('opentag', ({ name, attributes }) => {
			const element: Element = {};
			for (const key of Object.keys(attributes)) element[`@${key}`] = attributes[key];
			stack.push({ name, element, text: '' });
		});
		parser.on('text', addText);
		parser.on('cdata', addText);
		parser.on('closetag', () => {
			const { name, element, text } = stack.pop()!;
			add(stack.at(-1)!.element, name, valueOf(element, text.trim()));
		});
		parser.write(xml).close();
		return root;
	},
};

function valueOf(element: Element, text: string): unknown {
	for (const _ in element) return text === '' ? element : Object.assign(element, { '#text': text });
	return text;
}

function add(parent: Element, name: string, value: unknown): void {
	const known = parent[name];
	if (known === undefined) parent[name] = value;
	else if (Array.isArray(known)) known.push(value);
	else parent[name] = [known, value];
}
