import { Parser } from '../markdown/libraries';

/** `<ins>` and `<del>` mark what an edit has added and removed: docs/vendor-facts.md#revisions. */
const MARK = /(<\/?(?:ins|del)(?:\s[^<>]*)?>)/i;

interface Changes {
	added: string[];
	removed: string[];
	isSame: boolean;
}

/** The texts within the marks. One without words, as of a picture, is not among them. */
export function changesIn(html: string): Changes {
	const texts = { ins: [] as string[], del: [] as string[] };
	const [, ...rest] = html.split(MARK);
	for (let index = 0; index < rest.length; index += 2) {
		const name = /^<(ins|del)/i.exec(rest[index]!)?.[1]?.toLowerCase() as 'ins' | 'del' | undefined;
		const text = wordsIn(rest[index + 1]!);
		if (name !== undefined && text !== '') texts[name].push(text);
	}
	return { added: texts.ins, removed: texts.del, isSame: rest.length === 0 };
}

function wordsIn(html: string): string {
	const text = html.replace(/<[^<>]*>/g, ' ');
	const decoded = text.includes('&') ? withoutEntities(text) : text;
	return decoded.replace(/\s+/g, ' ').trim();
}

function withoutEntities(text: string): string {
	let decoded = '';
	const parser = new Parser({ ontext: (part) => (decoded += part) });
	// What is left of a tag is text.
	parser.end(text.replaceAll('<', '&lt;'));
	return decoded;
}
