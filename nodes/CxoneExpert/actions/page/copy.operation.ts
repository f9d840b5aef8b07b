import { targetPath } from '../../api/path-segment';
import { children } from '../../api/xml';
import { allowField, refusedUnlessAllowed } from '../overrides';
import { flagField, onlyEntered, optionsField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs, results, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { targetPage, newPathField, NO_NEW_PATH, pathTaken, titleField } from '../page-field';
import { countsNoPage, placedPageItem } from './items';

/** POST /pages/{id}/copy. Never overwrites a page: without `abort`, the site responds 409. */
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
			allow: allowField('pages/copy'),
			attachments: flagField({
				displayName: 'Copy Files',
				name: 'attachments',
				default: true,
				description: 'Whether to copy the files of the page too',
			}),
			recursive: flagField({
				displayName: 'Copy Subpages',
				name: 'recursive',
				description: 'Whether to copy all pages below the page too',
			}),
			tags: flagField({
				displayName: 'Copy Tags',
				name: 'tags',
				default: true,
				description: 'Whether to copy the tags of the page too',
			}),
			title: titleField,
		}),
	},
	async run(run, { page, newPath, simplify, options: { allow, ...options } }) {
		const to = newPath || refuse(NO_NEW_PATH);
		// Always send all flags: their defaults are undocumented.
		const query = { to: targetPath(to), ...onlyEntered({ ...options, allow: allow.value }) };
		const messages = refusedUnlessAllowed(allow, pathTaken(to));
		const call = pageCall('POST', page, '/copy', 'copy', messages);
		const root = await run.site.write({ ...call, query }, 'pages.copied', countsNoPage);
		const copied = children(root, 'page');
		if (copied.length === 0) return outputs([{ path: to }]);
		return results(copied, simplify, placedPageItem);
	},
});
