import { ok, wholeNumber, type Call, type Reply } from '../http/call.mts';
import { ApiError, missingParameter } from '../http/errors.mts';

/**
 * GET …/diff of a page or a draft, with both numbers, combined: docs/vendor-facts.md#revisions. What a site does without
 * a number is not stated, so it is refused here.
 *
 * @param textAt of a revision; undefined if there never was one
 */
export function diffReply(call: Call, textAt: (revision: number) => string | undefined): Reply {
	if (call.oneOf('diff', ['all', 'combined']) === 'all') throw new ApiError(400, 'Not simulated');
	const [before, after] = ['previous', 'revision'].map((name) => {
		const wanted = call.query.get(name);
		if (wanted === null) throw missingParameter(name);
		const text = textAt(wholeNumber(wanted, name));
		if (text === undefined) throw new ApiError(404, 'Revision could not be found');
		return text;
	}) as [string, string];
	return ok({ content: { '@type': 'application/x.deki-text', '#': combined(before, after) } });
}

/** What is the same at both ends stays; what is between was removed and added. */
function combined(before: string, after: string): string {
	const [old, now] = [before, after].map((html) => html.split(/(?<=\s)|(?=<)|(?<=>)/));
	const start = sameAtStart(old!, now!);
	const end = sameAtStart(old!.slice(start).reverse(), now!.slice(start).reverse());
	const changed = (parts: string[]) => parts.slice(start, parts.length - end).join('');
	const marked = (name: string, html: string) => (html === '' ? '' : `<${name}>${html}</${name}>`);
	const between = marked('del', changed(old!)) + marked('ins', changed(now!));
	return now!.slice(0, start).join('') + between + now!.slice(now!.length - end).join('');
}

function sameAtStart(one: string[], other: string[]): number {
	const different = one.findIndex((part, index) => part !== other[index]);
	return different === -1 ? one.length : different;
}
