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

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

function wordsIn(html: string): string {
	return html
		.replace(/<[^<>]*>/g, ' ')
		.replace(/&(?:#(\d{1,7})|(\w{1,6}));/g, (entity, code: string | undefined, name = '') =>
			code === undefined ? (NAMED[name as string] ?? entity) : characterOf(Number(code)),
		)
		.replace(/\s+/g, ' ')
		.trim();
}

function characterOf(code: number): string {
	return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
