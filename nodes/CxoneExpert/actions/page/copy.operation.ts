import { children } from '../../api/xml';
import { optionalFlagField, optionsField, refuseInput } from '../field';
import { pageItem } from '../items';
import { defineOperation } from '../operation';
import { targetPage } from '../page-field';
import { newPathField, NO_NEW_PATH, pathTaken, titleField } from './fields';
import { callOf } from './find-page';
import { results, simplify } from '../results';

/** POST /pages/{id}/copy. Never overwrites a page: without `abort` the site responds 409. */
export const copyPage = defineOperation({
	value: 'copy',
	name: 'Copy',
	action: 'Copy page',
	description: 'Copy a page to another path, with its subpages if you like',
	fields: {
		page: targetPage,
		newPath: newPathField({
			required: true,
			description: 'The full path of the copy, ending with its own name',
		}),
		simplify,
		options: optionsField({
			attachments: optionalFlagField({
				displayName: 'Copy Files',
				name: 'attachments',
				type: 'boolean',
				default: true,
				description: 'Whether to copy the files of the page too',
			}),
			recursive: optionalFlagField({
				displayName: 'Copy Subpages',
				name: 'recursive',
				type: 'boolean',
				default: false,
				description: 'Whether to copy all pages below the page too',
			}),
			tags: optionalFlagField({
				displayName: 'Copy Tags',
				name: 'tags',
				type: 'boolean',
				default: true,
				description: 'Whether to copy the tags of the page too',
			}),
			title: titleField,
		}),
	},
	async run(run, fields) {
		const reference = run.read(fields.page);
		const to = run.read(fields.newPath) || refuseInput(NO_NEW_PATH);
		const { title, ...chosen } = run.read(fields.options);
		// All are sent each time: the vendor does not say what a site does without them.
		const { attachments = true, recursive = false, tags = true } = chosen;
		const call = callOf(reference, '/copy', 'copy');
		const root = await run.site.read(
			{
				method: 'POST',
				...call,
				query: { to, attachments, recursive, tags, ...(title === '' ? {} : { title }) },
				messages: { ...call.messages, 409: pathTaken(to) },
			},
			'pages.copied',
		);
		return results(children(root, 'page'), run.read(fields.simplify), pageItem);
	},
});
