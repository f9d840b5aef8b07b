import { defineOperation } from '../core/operation';
import { limitFields, maxResults, readList, results, simplify } from '../core/results';
import { page } from '../page-field';
import { filesOf } from './file';
import { fileItem } from './items';

/** GET /pages/{id}/files. */
export const getManyFiles = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many files of page',
	description: 'Get the files of a page, without their content',
	fields: { page, ...limitFields, simplify },
	async run(run, { page, simplify, ...limits }) {
		const files = await readList(run.site, filesOf(page), maxResults(limits));
		return results(files, simplify, fileItem);
	},
});
