import type { INodeProperties } from 'n8n-workflow';

import { attribute } from '../../transport/xml';
import { bodyText } from '../body-text';
import { page, simplify } from '../fields';
import { type Operation, outputs } from '../operation';
import type { OperationRun } from '../run';
import { draftAdvice } from './draft-call';
import { draftItem } from './draft-item';

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Include Contents',
			name: 'includeContents',
			type: 'boolean',
			default: true,
			description: 'Whether to add the text of the draft (HTML) to the item as "contents"',
		},
	],
};

/** GET /drafts/{id}; for a page without a draft a site answers 404, or a draft that is inactive. */
export const getDraft: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a draft',
	description: 'Get title, address, state and revision of the draft of a page',
	fields: [page, simplify, options],
	async run(run) {
		const { key, words } = run.page();
		const doing = `read the draft of ${words}`;
		const path = `/drafts/${key}`;
		const advice = draftAdvice(words);
		const draft = await run.expert.read({ method: 'GET', path, doing, advice }, 'draft');
		const item = run.flag('simplify') ? draftItem(draft) : draft;
		const wanted = run.options.includeContents === true;
		if (!wanted || attribute(draft, 'state') === 'inactive') return outputs([item]);
		return outputs([{ ...item, contents: await contents(run, key, words) }]);
	},
};

async function contents(run: OperationRun, key: string, words: string): Promise<string> {
	const doing = `read the text of the draft of ${words}`;
	const path = `/drafts/${key}/contents`;
	const advice = draftAdvice(words);
	return bodyText(await run.expert.read({ method: 'GET', path, doing, advice }, 'content'));
}
