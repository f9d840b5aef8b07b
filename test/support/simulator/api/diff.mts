import { ok, wholeNumber, type Call, type Reply } from '../http/call.mts';
import { ApiError, missingParameter } from '../http/errors.mts';

/**
 * GET …/diff of a page or a draft, with both numbers, combined: docs/vendor-facts.md#revisions. What a site does without
 * a number is not stated, so it is refused here; of what differs beside the words, nothing is said.
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

/** The text with its words marked: what differs between the same beginning and the same end. Tags stay outside of the marks. */
function combined(before: string, after: string): string {
	const [old, now] = [tokensOf(before), tokensOf(after)];
	const start = sameAtStart(old, now);
	const end = sameAtStart(old.slice(start).reverse(), now.slice(start).reverse());
	const [removed, added] = [old, now].map((tokens) => tokens.slice(start, tokens.length - end));
	const words = removed!.filter(isWord);
	if (![...words, ...added!].some(isWord)) return '';
	const marked = [
		...added!.map((token) => (isWord(token) ? `<ins>${token}</ins>` : token)),
		...words.map((token) => `<del>${token}</del>`),
	];
	const text = [...now.slice(0, start), ...marked, ...now.slice(now.length - end)].join('');
	return text.replaceAll(/<\/(ins|del)><\1>/g, '');
}

/** Tags, and words with the space behind them. */
const tokensOf = (html: string) => html.match(/<[^>]*>|[^<\s]+\s*|\s+/g) ?? [];

const isWord = (token: string) => /^[^<\s]/.test(token);

function sameAtStart(one: string[], other: string[]): number {
	const different = one.findIndex((part, index) => part !== other[index]);
	return different === -1 ? one.length : different;
}
