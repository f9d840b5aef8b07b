import { errorOf, type ExpertError } from '../api/expert-error';
import { markdownIn, readContents, siteFormat } from './contents';
import type { OperationContext } from './core/operation';
import { pageCall } from './find-page';
import { seenText } from './markdown/left-out';

/** Calls at once where an operation reads many pages: enough for a large site, little for its load. */
export const CONCURRENT = 5;

/** A page as a list of the site names it. */
export interface ListedPage {
	id?: string;
	/** Links of Markdown begin with it. */
	url?: string;
}

/** A page that came without its text. */
export interface Unread<P extends ListedPage> {
	page: P;
	error: ExpertError;
}

/**
 * Reads the texts of listed pages as their readers see them, a few at once.
 *
 * @param format `markdown`, `html` or `text`
 * @param add gets each text
 * @returns pages that have no text for a reason that says nothing against reading the others
 * @throws ExpertError for anything else, such as a token that has expired meanwhile
 */
export async function readTexts<P extends ListedPage>(
	run: OperationContext,
	pages: P[],
	format: string,
	add: (page: P, text: string) => void,
): Promise<Array<Unread<P>>> {
	const read = async (page: P) => {
		const error = await errorOf(viewedText(run, page, format).then((text) => add(page, text)));
		if (error !== undefined && !isOfOnePage(error)) throw error;
		return error === undefined ? [] : [{ page, error }];
	};
	const unread: Array<Unread<P>> = [];
	for (let start = 0; start < pages.length; start += CONCURRENT) {
		const failed = await Promise.all(pages.slice(start, start + CONCURRENT).map(read));
		unread.push(...failed.flat());
	}
	if (unread.some(({ error }) => error.isHidden || error.isNotFound)) await run.site.askAgainWhoWeAre();
	return unread;
}

/** GET /pages/{id}/contents. */
async function viewedText(run: OperationContext, { id = '', url = '' }: ListedPage, format: string): Promise<string> {
	const call = pageCall('GET', { key: id, label: `page ${id}` }, '/contents', 'read the contents of');
	const found = await readContents(run, { ...call, query: { mode: 'view', format: siteFormat(format) } });
	if (format === 'markdown') return await markdownIn(found, url, false);
	return format === 'text' ? seenText(found.contents) : found.contents;
}

/** Whether the error concerns this page alone, unlike a bad token, a lost connection or a busy site. */
function isOfOnePage({ kind, status = 0 }: ExpertError): boolean {
	const isOfPage = [403, 404, 410].includes(status) || (status >= 500 && status !== 503);
	return OF_ONE_PAGE.has(kind) || (kind === 'http-status' && isOfPage);
}

const OF_ONE_PAGE: ReadonlySet<ExpertError['kind']> = new Set(['refused', 'too-large', 'unexpected']);
