import type { INodeProperties } from 'n8n-workflow';

import { bodyText } from '../body-text';
import { simplify } from '../fields';
import { type Operation, outputs } from '../operation';
import type { OperationRun } from '../run';
import { archivedPageItem } from './archived-page-item';
import { archiveAdvice, archivedPage, archivedPageId } from './field';

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
			description: 'Whether to add the text of the page (HTML) to the item as "contents"',
		},
	],
};

/** GET /archive/pages/{id}/info: what is left of a page after its deletion. */
export const getArchivedPage: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get an archived page',
	description: 'Get title, old path and time of deletion of a deleted page (for admins)',
	fields: [archivedPage, simplify, options],
	async run(run) {
		const id = archivedPageId(run);
		const page = await readArchivedPage(run, id);
		const item = run.flag('simplify') ? archivedPageItem(page) : page;
		if (run.options.includeContents !== true) return outputs([item]);
		return outputs([{ ...item, contents: await contents(run, id) }]);
	},
};

export async function readArchivedPage(run: OperationRun, id: string) {
	const doing = `read page ${id} in the archive`;
	const path = `/archive/pages/${id}/info`;
	const advice = archiveAdvice(id);
	return await run.expert.read({ method: 'GET', path, doing, advice }, 'page.archive');
}

async function contents(run: OperationRun, id: string): Promise<string> {
	const doing = `read the text of page ${id} in the archive`;
	const path = `/archive/pages/${id}/contents`;
	const advice = archiveAdvice(id);
	return bodyText(await run.expert.read({ method: 'GET', path, doing, advice }, 'content'));
}
