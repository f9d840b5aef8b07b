import { DAY_MS } from '../../durations';
import { apiTime } from '../../api/elements';
import { type PageChange, changesOf, listRevisions, oldestFirst, type Period, revisionChanges } from '../../api/pages';
import { attribute, type XmlElement } from '../../api/xml';
import { choiceField, optionalTimeField, optionsField, refuse, timeField, type ValuesOf } from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, limitFields, maxResults, simplify } from '../core/results';
import { below, SOME_MISSING } from '../page-field';
import type { PageReference } from '../page-reference';
import { changedRevisionItem } from '../revision/items';
import { tagFilter } from '../tag/field';
import { changedPageItem } from './items';
import { pagesWithin } from './pages-within';

const since = timeField({
	displayName: 'Since',
	name: 'since',
	required: true,
	placeholder: 'e.g. 2026-01-30T17:00:00Z',
	description:
		'Returns pages that were created or changed at this time or later. A time without an offset is in the time zone of the workflow.',
});

const options = {
	change: choiceField({
		displayName: 'Kind of Change',
		name: 'change',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Created', value: 'created' },
			{ name: 'Edited', value: 'edited' },
		],
		description: 'Which changes to return',
	}),
	itemFor: choiceField({
		displayName: 'One Item For',
		name: 'itemFor',
		options: [
			{ name: 'Each Page', value: 'page', description: 'With the last change of the page' },
			{
				name: 'Each Revision',
				value: 'revision',
				description:
					'With each saved version since then. Takes one more call for each page, and leaves out changes of tags and properties.',
			},
		],
		description: 'What to return an item for',
	}),
	tags: tagFilter('Tags that a page must all have, separated by commas.', 'e.g. article:topic-guide'),
	until: optionalTimeField({
		displayName: 'Until',
		name: 'until',
		placeholder: 'e.g. 2026-01-31T17:00:00Z',
		description:
			'End of the period. A page that was changed again after it is left out, unless there is an item for each revision.',
	}),
};

/** GET /pages/{id}/find, to catch up after n8n or the webhook was down. */
export const getChangedPages = defineOperation({
	value: 'getChangedSince',
	name: 'Get Many Changed Since',
	action: 'Get many pages changed since time',
	description: 'Get the pages that were created or edited since a time, oldest change first',
	fields: { below, since, ...limitFields, simplify, options: optionsField(options) },
	async run(run, { below, since, options, simplify, ...limits }) {
		const period = checkedPeriod(since, options.until);
		const found = await wantedChanges(run, below, period, options);
		const simplified = options.itemFor === 'revision' ? changedRevisionItem : changedPageItem;
		const toItem = (element: XmlElement) => (simplify ? simplified(element) : element);
		const changes = oldestFirst(found).slice(0, maxResults(limits));
		return outputs(changes.map(({ element, change }) => ({ change, ...toItem(element) })));
	},
});

/** Times of the site are entered here, and n8n's clock may be behind by so much: a wrong time zone is hours. */
const MAX_CLOCK_SKEW_MS = DAY_MS;

function checkedPeriod(from: number, until: number): Period {
	if (from > Date.now() + MAX_CLOCK_SKEW_MS) {
		return refuse({
			message: `'Since' is in the future: ${apiTime(from)}`,
			description: 'Enter a time in the past. A time without an offset is in the time zone of the workflow.',
		});
	}
	if (until < from) {
		return refuse({
			message: `'Until' (${apiTime(until)}) is before 'Since' (${apiTime(from)})`,
			description: "Enter a time after 'Since', or remove the option 'Until'.",
			toModel: 'Pass an end that is after the beginning.',
		});
	}
	return { since: Math.floor(from / 1000) * 1000, until };
}

async function wantedChanges(
	run: OperationContext,
	reference: PageReference,
	period: Period,
	{ change: wanted, itemFor, tags }: ValuesOf<typeof options>,
): Promise<PageChange[]> {
	const isWanted = ({ change }: PageChange) => wanted === 'all' || change === wanted;
	// A page changed again after the period has revisions within it.
	const until = itemFor === 'revision' ? Infinity : period.until;
	const pages = changesOf(await changedPages(run, reference, { ...period, until }, tags), period);
	if (itemFor === 'page') return pages.filter(isWanted);
	// Without a creation in the period, no revision is one.
	const mayHave = pages.filter(({ change }) => change === 'created' || wanted !== 'created');
	const all: PageChange[] = [];
	for (const { element } of mayHave) {
		const revisions = await listRevisions(run.site, attribute(element, 'id') ?? '');
		all.push(...revisionChanges(element, revisions, period));
	}
	return all.filter(isWanted);
}

async function changedPages(
	run: OperationContext,
	reference: PageReference,
	period: Period,
	tags: string[],
): Promise<XmlElement[]> {
	const { pages, isComplete } = await pagesWithin(run.site, reference, period, tags);
	if (!isComplete) run.note(TOO_MANY, SOME_MISSING);
	return pages;
}

const TOO_MANY =
	"The site found more changed pages than it gives, so some are missing. Choose pages further down as 'Below Page', or restrict the search to 'Tags'.";
