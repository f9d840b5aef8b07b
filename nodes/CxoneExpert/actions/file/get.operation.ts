import { defineOperation, results } from '../core/operation';
import { simplify } from '../input/shared-fields';
import { file, pageOfList, readFileInfo } from './fields';
import { fileItem } from './items';

/** GET /files/{id}/info: everything about a file but its content. */
export const getFile = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get file',
	description: 'Get name, size, type, revision and page of a file, without its content',
	fields: { pageOfList, file, simplify },
	async run(run, fields) {
		const found = await readFileInfo(run, run.read(fields.file));
		return results([found], run.read(fields.simplify), fileItem);
	},
});
