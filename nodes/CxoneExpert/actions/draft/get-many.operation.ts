import { siteTime } from '../../api/elements';
import { refuseWithout } from '../../api/expert-error';
import { attribute, child, children, type XmlElement } from '../../api/xml';
import { type Field, listField, onlyEntered, optionsField } from '../core/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { results, simplify } from '../core/results';
import { existingPage, infoCall } from '../find-page';
import { below } from '../page-field';
import type { PageReference } from '../page-reference';
import { NO_DRAFT_RIGHTS } from './draft';
import { changedAt, listedDraftItem } from './items';

/** What a site gives at most, without a next page: docs/vendor-facts.md#drafts. */
const MAX_DRAFTS = 1000;

const limit: Field<number> = {
	property: {
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_DRAFTS },
		default: 50,
		description: 'Max number of results to return',
	},
	read: (entered) => (Number(entered) >= 1 ? Math.floor(Number(entered)) : 50),
};

const tags = listField({
	displayName: 'Tags',
	name: 'tags',
	placeholder: 'e.g. article:howto',
	description: 'Tags that a draft must have, separated by commas',
});

/** GET /drafts. All at once: in which order they come is not stated, and the newest are wanted. */
export const getManyDrafts = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many drafts',
	description: 'Get the drafts that wait to be published, newest change first',
	fields: { below, limit, simplify, options: optionsField({ tags }) },
	async run(run, { below, limit, simplify, options }) {
		const wanted = { parentid: await parentId(run, below), tags: options.tags.join(',') };
		const root = await run.site.read(
			{
				...{ method: 'GET', path: '/drafts', doing: 'list the drafts' },
				query: { ...onlyEntered(wanted), include: 'tags', limit: MAX_DRAFTS },
				messages: { 403: NO_DRAFT_RIGHTS },
			},
			'drafts',
		);
		const found = children(child(root, 'pages'), 'page');
		if (found.length >= MAX_DRAFTS) {
			run.n8n.addExecutionHints({ message: TOO_MANY, location: 'outputPane' });
		}
		return results(newestFirst(found).slice(0, limit), simplify, listedDraftItem);
	},
});

const TOO_MANY =
	"Expert gives 1,000 drafts at once, so some may be missing. Choose a page further down as 'Below Page', or add the option 'Tags'.";

/** A number; empty for the whole site. */
async function parentId({ site }: OperationContext, reference: PageReference): Promise<string> {
	const { key } = reference;
	if (key === 'home') return '';
	if (/^\d+$/.test(key)) return key;
	const call = infoCall(reference);
	const found = existingPage(await site.read(call, 'page'), reference);
	return attribute(found, 'id') ?? refuseWithout('page/@id', call.doing);
}

function newestFirst(pages: XmlElement[]): XmlElement[] {
	const time = (page: XmlElement) => siteTime(changedAt(page)) ?? 0;
	return [...pages].sort((a, b) => time(b) - time(a));
}
