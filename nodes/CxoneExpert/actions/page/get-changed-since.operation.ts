import { findChangedPages, type FoundPages, listRevisions } from '../../api/pages';
import { apiTime } from '../../api/time';
import { attribute, type XmlElement } from '../../api/xml';
import {
	type Change,
	changesOf,
	oldestFirst,
	type Period,
	revisionChanges,
} from '../../shared/page-changes';
import {
	choiceField,
	listField,
	optionalTimeField,
	optionsField,
	refuseInput,
	timeField,
	type ValuesOf,
} from '../field';
import { changedPageItem, revisionItem } from '../items';
import { defineOperation, type OperationContext } from '../operation';
import { below } from '../page-field';
import { pageMessages } from './find-page';
import { outputs, limitFields, maxResults, simplify } from '../results';

const since = timeField({
	displayName: 'Since',
	name: 'since',
	type: 'dateTime',
	required: true,
	default: '',
	placeholder: 'e.g. 2026-01-30T17:00:00Z',
	description:
		'Returns pages that were created or changed at this time or later. A time without an offset is in the time zone of the workflow.',
});

const options = {
	change: choiceField({
		displayName: 'Change',
		name: 'change',
		type: 'options',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Created', value: 'created' },
			{ name: 'Edited', value: 'edited' },
		],
		default: 'all',
		description: 'Which changes to return',
	}),
	itemFor: choiceField({
		displayName: 'One Item For',
		name: 'itemFor',
		type: 'options',
		options: [
			{ name: 'Each Page', value: 'page', description: 'With the last change of the page' },
			{
				name: 'Each Revision',
				value: 'revision',
				description:
					'With each saved version since then. Takes one more call for each page, and leaves out changes of tags and properties.',
			},
		],
		default: 'page',
		description: 'What to return an item for',
	}),
	tags: listField({
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. article:topic-guide',
		description: 'Tags that a page must all have, separated by commas',
	}),
	until: optionalTimeField({
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-01-31T17:00:00Z',
		description:
			'End of the period. A page that was changed again after it is left out, unless there is an item for each revision.',
	}),
};

const fields = { below, since, ...limitFields, simplify, options: optionsField(options) };

/** GET /pages/{id}/find: what was changed, for catching up after n8n or the webhook was down. */
export const getChangedPages = defineOperation({
	value: 'getChangedSince',
	name: 'Get Many Changed Since',
	action: 'Get many changed pages',
	description: 'Get the pages that were created or edited since a time, oldest change first',
	fields,
	async run(run) {
		const from = run.read(since);
		const chosen = run.read(fields.options);
		const period = checkedPeriod(from, chosen.until);
		const found = await wantedChanges(run, period, chosen);
		const changes = oldestFirst(found).slice(0, maxResults(run, fields));
		const isSimplified = run.read(simplify);
		const simplified = chosen.itemFor === 'revision' ? revisionItem : changedPageItem;
		const toItem = (element: XmlElement) => (isSimplified ? simplified(element) : element);
		return outputs(changes.map(({ element, change }) => ({ change, ...toItem(element) })));
	},
});

type Options = ValuesOf<typeof options>;

async function wantedChanges(
	run: OperationContext,
	period: Period,
	{ change: wanted, itemFor, tags }: Options,
): Promise<Change[]> {
	const isWanted = ({ change }: Change) => wanted === 'all' || change === wanted;
	if (itemFor === 'page') {
		return changesOf(await changedPages(run, period, tags), period).filter(isWanted);
	}
	// A page that was changed again after the end has revisions before it, too.
	const open = { ...period, until: Infinity };
	const pages = changesOf(await changedPages(run, open, tags), period);
	// A page that was not created in the period has no revision that is its creation.
	const mayHave = pages.filter(({ change }) => change === 'created' || wanted !== 'created');
	return (await revisionsOfAll(run, mayHave, period)).filter(isWanted);
}

/**
 * How far the clock of n8n may be behind that of the site, whose times a catch-up enters here: a
 * clock in the wrong time zone is hours off.
 */
const MAX_CLOCK_SKEW_MS = 86_400_000;

/** Refuses times that can only be a mistake. */
function checkedPeriod(from: number, until: number): Period {
	if (from > Date.now() + MAX_CLOCK_SKEW_MS) {
		return refuseInput({
			message: `"Since" is in the future: ${apiTime(from)}`,
			description:
				'Enter a time in the past. A time without an offset is in the time zone of the workflow.',
		});
	}
	if (until < from) {
		return refuseInput({
			message: `"Until" (${apiTime(until)}) is before "Since" (${apiTime(from)})`,
			description: 'Enter a time after "Since", or remove the option "Until".',
		});
	}
	return { since: Math.floor(from / 1000) * 1000, until };
}

async function changedPages(
	run: OperationContext,
	period: Period,
	tags: string[],
): Promise<XmlElement[]> {
	const reference = run.read(below);
	const { key, label } = reference;
	const { pages, total } = await findChangedPages(run.site, {
		below: key,
		label,
		since: apiTime(period.since),
		...(period.until === Infinity ? {} : { upto: apiTime(period.until) }),
		...(tags.length === 0 ? {} : { tags: tags.join(',') }),
		messages: pageMessages(reference),
	});
	if (total > pages.length) warnOfMore(run, { pages, total });
	return pages;
}

function warnOfMore(run: OperationContext, { pages, total }: FoundPages): void {
	run.n8n.addExecutionHints({
		message: `The site found ${total} changed pages and gave ${pages.length} of them. To get the rest in steps, enter a later "Since", or an "Until".`,
		location: 'outputPane',
	});
}

async function revisionsOfAll(
	run: OperationContext,
	pages: Change[],
	period: Period,
): Promise<Change[]> {
	const all: Change[] = [];
	for (const { element } of pages) {
		const revisions = await listRevisions(run.site, attribute(element, 'id') ?? '');
		all.push(...revisionChanges(element, revisions, period));
	}
	return all;
}
