import { refuse } from '../../parameters/field';
import { type Attributes, isUnseen, withJoinedSurrogates, seenText } from '../markdown/left-out';
import { Parser } from '../markdown/libraries';
import { MAX_MARKUP_DEPTH, TOO_DEEP } from '../text/each-text';

/** `<ins>` and `<del>` mark what an edit has added and removed: docs/vendor-facts.md#revisions. */
const MARK = /<(\/?)(ins|del)(?:\s[^<>]*)?>/gi;

type Mark = 'ins' | 'del';

/** Marks become characters that no text has, so that those in attributes and comments are ignored. */
const SIGNS: Record<string, Mark> = { '\uFDD0': 'ins', '\uFDD1': 'del', '\uFDD2': 'ins', '\uFDD3': 'del' };
const ENDS = '\uFDD2\uFDD3';
const SIGN = /([\uFDD0-\uFDD3])/;

interface Changes {
	added: string[];
	removed: string[];
	isSame: boolean;
}

/** Returns the texts within the marks, with the addresses of links. Marks without words, as of a picture, give none. */
export function changesIn(html: string): Changes {
	const changes = new ChangeReader();
	new Parser(changes).end(withJoinedSurrogates(withSigns(html)));
	changes.flush();
	const { ins, del } = changes.texts;
	return { added: ins, removed: del, isSame: html.search(MARK) === -1 };
}

function withSigns(html: string): string {
	const clean = html.replace(/[\uFDD0-\uFDD3]/g, '');
	const signed = clean.replace(MARK, (mark: string, end: string, name: string) => {
		if (mark.endsWith('/>')) return '';
		const isIns = name.toLowerCase() === 'ins';
		if (end === '') return isIns ? '\uFDD0' : '\uFDD1';
		return isIns ? '\uFDD2' : '\uFDD3';
	});
	// A `<` that no tag is left of is text.
	return signed.replace(/<(?![^<>]*>)/g, '&lt;');
}

/** State of an open element. */
interface Open {
	isRaw: boolean;
	isUnseen: boolean;
	/** Address of a link, if it is in a mark. */
	href: string | undefined;
}

/** Marks within more others are ignored: looking for the right one takes time. */
const MAX_OPEN_MARKS = 100;

class ChangeReader {
	readonly texts = { ins: [] as string[], del: [] as string[] };
	private readonly open: Open[] = [];
	/** A page can have marks of its own within those of the comparison: the last one that is open counts. */
	private readonly marks: Mark[] = [];
	private text = '';
	/** The text before a mark. */
	private before = '';
	private isBehindText = false;

	onopentag(name: string, attributes: Attributes): void {
		if (this.open.length >= MAX_MARKUP_DEPTH) refuse(TOO_DEEP);
		this.text += ' ';
		const isIn = this.marks.at(-1) !== undefined && name === 'a';
		this.open.push({
			isRaw: name === 'script' || name === 'style',
			isUnseen: this.open.at(-1)?.isUnseen === true || isUnseen(attributes),
			href: isIn ? attributes.href : undefined,
		});
	}

	onclosetag(): void {
		const { href, isUnseen: isLeftOut } = this.open.pop() ?? {};
		const isShown = href !== undefined && !isLeftOut && this.marks.at(-1) !== undefined;
		this.text += isShown ? ` (${href}) ` : ' ';
	}

	ontext(text: string): void {
		const { isRaw, isUnseen: isLeftOut } = this.open.at(-1) ?? {};
		for (const part of text.split(SIGN)) {
			const mark = SIGNS[part];
			if (mark === undefined) this.text += isLeftOut ? '' : part;
			else if (!isRaw) this.change(mark, ENDS.includes(part));
		}
	}

	private change(mark: Mark, isEnd: boolean): void {
		this.flush();
		const last = this.marks.lastIndexOf(mark);
		if (isEnd && last !== -1) this.marks.splice(last, 1);
		if (!isEnd && this.marks.length < MAX_OPEN_MARKS) this.marks.push(mark);
	}

	/** Files the text up to here. */
	flush(): void {
		const text = seenText(this.text).replace(/\s+/g, ' ').trim();
		const mark = this.marks.at(-1);
		this.text = '';
		if (text === '') return;
		if (mark === undefined) {
			this.before = text;
			this.isBehindText ||= /(?:^| )Other changes:(?: |$)/.test(text);
		} else {
			const shown = this.isBehindText ? withoutAttribute(text, this.before) : text;
			if (shown !== '') this.texts[mark].push(shown);
		}
	}
}

/** Drops changes of attributes except for addresses. A site lists them behind the text: `a/@href: <ins>"…"</ins>`. */
function withoutAttribute(text: string, before: string): string {
	const attribute = /\/@([\w-]+)[:\s]*$/.exec(before)?.[1];
	if (attribute === undefined) return text;
	return /^(?:href|src)$/.test(attribute) ? text.replace(/^"|"$/g, '') : '';
}
