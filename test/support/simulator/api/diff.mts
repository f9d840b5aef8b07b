import { ok, wholeNumber, type Call, type Reply } from '../http/call.mts';
import { ApiError, missingParameter } from '../http/errors.mts';
import { type Edit, editsOf } from './edits.mts';

/**
 * GET …/diff of a page or a draft, with both numbers, combined: docs/vendor-facts.md#revisions. What a site does without
 * a number is not stated, so it is refused here.
 *
 * @param textAt of a revision; undefined if there never was one
 */
export function diffReply(call: Call, textAt: (revision: number) => string | undefined): Reply {
	if (call.oneOf('diff', ['all', 'combined']) === 'all') throw new ApiError(400, 'Not simulated');
	const numbers = ['previous', 'revision'].map((name) => {
		const wanted = call.query.get(name);
		if (wanted === null) throw missingParameter(name);
		return wholeNumber(wanted, name);
	});
	const [before, after] = numbers.map((number) => {
		const text = textAt(number);
		if (text === undefined) throw new ApiError(404, 'Revision could not be found');
		return text;
	}) as [string, string];
	const text = numbers[0] === numbers[1] ? after : combined(before, after);
	return ok({ content: { '@type': 'application/x.deki-text', '#': text } });
}

/** The text with its words marked, nothing where no word differs; attributes follow. */
function combined(before: string, after: string): string {
	const edits = editsOf(tokensOf(before), tokensOf(after), keyOf);
	const isVisible = edits.some(({ kind, text }) => kind !== 'kept' && isWord(text));
	const others = edits.flatMap(({ kind, text, now }) =>
		kind === 'kept' ? changedIn(text, now) : [],
	);
	const list = `<p>Other changes:</p><ol>${others.join('')}</ol>`;
	return (isVisible ? marked(edits) : '') + (others.length > 0 ? list : '');
}

/** Tags, and words with the space behind them. */
const tokensOf = (html: string) => html.match(/<[^>]*>|[^<\s]+\s*|\s+/g) ?? [];

const isWord = (token: string) => /^[^<\s]/.test(token);

/** By which two are the same: attributes and white space do not count. */
const keyOf = (token: string) => (/^<\/?[^\s/>]+/.exec(token)?.[0] ?? token.trim()).toLowerCase();

/** Tags stay outside of the marks; those that went are left out. */
function marked(edits: Edit[]): string {
	const parts = edits.map(({ kind, text, now }) => {
		if (kind === 'kept') return now;
		if (!isWord(text)) return kind === 'added' ? text : '';
		return kind === 'added' ? `<ins>${text}</ins>` : `<del>${text}</del>`;
	});
	return parts.join('').replaceAll(/<\/(ins|del)><\1>/g, '');
}

function changedIn(old: string, now: string): string[] {
	if (isWord(old) || old === now) return [];
	const [before, after] = [old, now].map(attributesOf) as [Attributes, Attributes];
	const names = [...new Set([...before.keys(), ...after.keys()])];
	const changed = names.filter((name) => before.get(name) !== after.get(name));
	const quoted = (mark: string, value?: string) =>
		value === undefined ? '' : `<${mark}>"${value}"</${mark}>`;
	return changed.map((name) => {
		const values = quoted('ins', after.get(name)) + quoted('del', before.get(name));
		return `<li>${keyOf(now).slice(1)}/@${name}: ${values}</li>`;
	});
}

type Attributes = Map<string, string>;

function attributesOf(tag: string): Attributes {
	return new Map(
		[...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
	);
}
