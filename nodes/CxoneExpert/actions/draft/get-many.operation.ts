import { siteTime } from '../../api/elements';
import { child, children, type XmlElement } from '../../api/xml';
import { onlyEntered, optionsField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { limitUpTo, results, simplify } from '../core/results';
import { pageIdOf, noPage, pathOf } from '../find-page';
import { below, SOME_MISSING } from '../page-field';
import { tagFilter } from '../tag/field';
import { NO_DRAFT_RIGHTS } from './draft';
import { changedAt, listedDraftItem } from './items';

/** A site gives no more, and has no next page: docs/vendor-facts.md#drafts. */
const MAX_DRAFTS = 1000;

const tags = tagFilter('Tags that a draft must have.', 'e.g. article:howto');

/** GET /drafts. Asks for all at once, because the newest are wanted and the order of the list is not stated. */
export const getManyDrafts = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many drafts that wait to be published',
	description: 'Get the drafts that wait to be published, newest change first',
	fields: { below, limit: limitUpTo(MAX_DRAFTS), simplify, options: optionsField({ tags }) },
	async run(run, { below, limit, simplify, options }) {
		const wanted = { parentid: await pageIdOf(run, below), tags: options.tags.join(',') };
		const query = { ...onlyEntered(wanted), include: 'tags', limit: MAX_DRAFTS };
		const messages = { 403: NO_DRAFT_RIGHTS, ...(wanted.parentid && { 404: noPage(below) }) };
		const call = { method: 'GET', path: '/drafts', query, doing: 'list the drafts', messages } as const;
		const root = await run.site.read(call, 'drafts');
		const found = children(child(root, 'pages'), 'page');
		// A page that does not exist has no drafts either, and one named by its number has not been looked up.
		if (found.length === 0) await pathOf(run, below);
		if (found.length >= MAX_DRAFTS) run.note(TOO_MANY, SOME_MISSING);
		return results(newestFirst(found).slice(0, limit), simplify, listedDraftItem);
	},
});

const TOO_MANY =
	"Expert gives 1,000 drafts at once, so some may be missing. Choose a page further down as 'Below Page', or add the option 'Tags'.";

function newestFirst(pages: XmlElement[]): XmlElement[] {
	const time = (page: XmlElement) => siteTime(changedAt(page)) ?? 0;
	return [...pages].sort((a, b) => time(b) - time(a));
}
