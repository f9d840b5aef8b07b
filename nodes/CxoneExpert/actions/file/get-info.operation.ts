import { simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { file, fileId, readFileInfo } from './field';
import { fileItem } from './file-item';

/** GET /files/{id}/info: everything about a file but its content. */
export const getFileInfo: Operation = {
	value: 'getInfo',
	name: 'Get Info',
	action: 'Get info about a file',
	description: 'Get name, size, type, revision and page of a file, without its content',
	fields: [file, simplify],
	async run(run) {
		const found = await readFileInfo(run, fileId(run));
		return results(run, [found], fileItem);
	},
};
