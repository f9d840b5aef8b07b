import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { attribute, children, type XmlElement } from '../../api/xml';
import { choice } from '../input/choice';
import { limit, optionsField, pageField, returnAll, simplify } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { asList, type OperationContext } from '../core/operation-context';
import { apiTime } from '../input/time';
import { type Change, changesOf, oldestFirst, revisionChanges } from './changes';
import { enteredPeriod, type Period } from './period';
import { revisionItem } from './revision-item';

const below = pageField({
	displayName: 'Below Page',
	name: 'below',
	default: { mode: 'path', value: '' },
	required: false,
	description:
		'The page below which to look. An empty path is the home page, and so the whole site.',
});

const since: INodeProperties = {
	displayName: 'Since',
	name: 'since',
	type: 'dateTime',
	required: true,
	default: '',
	description:
		'Pages that were created or changed at this time or later. Without an offset it is in the time zone of the workflow.',
};

const KINDS: INodePropertyOptions[] = [
	{ name: 'All', value: 'all' },
	{ name: 'Created', value: 'created' },
	{ name: 'Edited', value: 'edited' },
];

const options = optionsField([
	{
		displayName: 'Change',
		name: 'change',
		type: 'options',
		options: KINDS,
		default: 'all',
		description: 'Which changes to return',
	},
	{
		displayName: 'Each Revision',
		name: 'eachRevision',
		type: 'boolean',
		default: false,
		description:
			'Whether to return one item for each revision since then instead of one for each page. It takes one more call for each page, and changes that make no revision (tags, properties) are left out.',
	},
	{
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. article:topic-guide',
		description: 'Tags that a page must have, all of them, separated by commas',
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		description:
			'End of the time to look at. A page that was changed again after it is left out, unless "Each Revision" is on.',
	},
]);

/** GET /pages/{id}/find: what was changed, for catching up after n8n or the webhook was down. */
export const getChangedPages: Operation = {
	value: 'getChangedSince',
	name: 'Get Many Changed Since',
	action: 'Get many pages changed since a time',
	description: 'Get the pages that were created or edited since a time, oldest change first',
	fields: [below, since, returnAll, limit, simplify, options],
	async run(run) {
		const changes = oldestFirst(await wantedChanges(run)).slice(0, run.max);
		await run.site.assertTokenAccepted();
		const item = run.flag('simplify') ? revisionItem : (raw: XmlElement) => raw;
		return outputs(changes.map(({ element, change }) => ({ ...item(element), change })));
	},
};

async function wantedChanges(run: OperationContext): Promise<Change[]> {
	const period = enteredPeriod(run);
	const wanted = choice(run, 'Change', run.options.change, KINDS);
	const isWanted = ({ change }: Change) => wanted === 'all' || change === wanted;
	if (run.options.eachRevision !== true) {
		return changesOf(await changedPages(run, period), period).filter(isWanted);
	}
	// A page that was changed again after the end has revisions before it, too.
	const open = { ...period, until: Infinity };
	const pages = changesOf(await changedPages(run, open), period);
	// A page that was not created in the period has no revision that is its creation.
	const mayHave = pages.filter(({ change }) => change === 'created' || wanted !== 'created');
	return (await revisions(run, mayHave, period)).filter(isWanted);
}

/** The call has no pages: the site gives all that it has found. */
async function changedPages(
	run: OperationContext,
	{ since, until }: Period,
): Promise<XmlElement[]> {
	const { key, label } = run.page('below');
	const tags = asList(run.options.tags).join(',');
	const query = {
		since: apiTime(since),
		...(until === Infinity ? {} : { upto: apiTime(until) }),
		...(tags === '' ? {} : { tags }),
		include: 'tags',
	};
	const doing = `find what was changed below ${label}`;
	const path = `/pages/${key}/find`;
	const root = await run.site.read({ method: 'GET', path, query, doing }, 'pages');
	const found = children(root, 'page');
	if (Number(attribute(root, 'totalcount')) > found.length) warnOfMore(run, root, found.length);
	return found;
}

function warnOfMore(run: OperationContext, root: XmlElement, given: number): void {
	run.n8n.addExecutionHints({
		message: `The site found ${attribute(root, 'totalcount')} changed pages and gave ${given} of them. Enter a later "Since", or an "Until", and get the rest in steps.`,
		location: 'outputPane',
	});
}

async function revisions(
	run: OperationContext,
	pages: Change[],
	period: Period,
): Promise<Change[]> {
	const all: Change[] = [];
	for (const { element } of pages) {
		all.push(...revisionChanges(element, await revisionsOf(run, element), period));
	}
	return all;
}

/** All at once: nothing says that the newest always comes first. A page that is gone has none. */
async function revisionsOf(run: OperationContext, page: XmlElement): Promise<XmlElement[]> {
	const id = attribute(page, 'id') ?? '';
	const doing = `list the revisions of page ${id}`;
	const path = `/pages/${encodeURIComponent(id)}/revisions`;
	const query = { limit: 'all', offset: 0 };
	const root = await run.site.readIfExists({ method: 'GET', path, query, doing }, 'pages');
	return children(root, 'page');
}
