import { compact } from '../../api/compact';
import { children } from '../../api/xml';
import { optionsField, page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { titleOption } from './fields';
import { pageItem } from './page-item';
import { NO_TARGET, takenMessages, targetField, targetPath } from './target';

/** POST /pages/{id}/copy. Never writes over a page: without `abort` the site answers 409. */
export const copyPage: Operation = {
	value: 'copy',
	name: 'Copy',
	action: 'Copy a page',
	description: 'Copy a page to another path, with its subpages if you like',
	fields: [
		page,
		targetField({
			required: true,
			description: 'The whole path that the copy is to have, its own name at the end',
		}),
		simplify,
		optionsField([
			{
				displayName: 'Files',
				name: 'attachments',
				type: 'boolean',
				default: true,
				description: 'Whether to copy the files of the page too',
			},
			{
				displayName: 'Subpages',
				name: 'recursive',
				type: 'boolean',
				default: false,
				description: 'Whether to copy all pages below the page too',
			},
			{
				displayName: 'Tags',
				name: 'tags',
				type: 'boolean',
				default: true,
				description: 'Whether the copy gets the tags of the page',
			},
			titleOption,
		]),
	],
	async run(run) {
		const { key, label } = run.page();
		const to = targetPath(run) || run.site.refuse(NO_TARGET);
		const root = await run.site.read(
			{
				method: 'POST',
				path: `/pages/${key}/copy`,
				query: { to, ...wishes(run) },
				messages: { 409: takenMessages(to) },
				doing: `copy ${label}`,
			},
			'pages.copied',
		);
		const pages = children(root, 'page');
		return results(run, pages, pageItem);
	},
};

/** Only what a builder has chosen: the rest is as the site does it. */
function wishes({ options }: OperationContext) {
	const chosen = (name: string) => (typeof options[name] === 'boolean' ? options[name] : undefined);
	return compact({
		title: asText(options.title) || undefined,
		tags: chosen('tags'),
		attachments: chosen('attachments'),
		recursive: chosen('recursive'),
	});
}
