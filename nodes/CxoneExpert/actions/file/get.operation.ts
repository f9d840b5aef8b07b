import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { file, pageOfList, readFileInfo } from './file';
import { fileItem } from './items';

/** GET /files/{id}/info. */
export const getFile = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get details of file',
	description: 'Get name, size, type, revision and page of a file, without its content',
	fields: { pageOfList, file, simplify },
	async run(run, { file, simplify }) {
		const found = await readFileInfo(run, file);
		return results([found], simplify, fileItem);
	},
});
