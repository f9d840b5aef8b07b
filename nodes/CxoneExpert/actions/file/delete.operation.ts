import { undefinedIfNotFound, type UserMessage } from '../../api/expert-error';
import { refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { fileMessages, fileToRemove, pageOfList, readFileInfo } from './file';
import { deletedFileItem } from './items';

/** DELETE /files/{id}. The info is read first: no other response says what was deleted. */
export const deleteFile = defineOperation({
	value: 'delete',
	name: 'Delete',
	action: 'Delete file',
	description: 'Remove a file from its page. An admin can restore it in Expert.',
	fields: { pageOfList, file: fileToRemove, simplify },
	async run(run, { file, simplify }) {
		const found = await readFileInfo(run, file);
		const call = {
			path: `/files/${file}`,
			doing: `delete file ${file}`,
			messages: fileMessages(file),
		};
		await run.site.call({ method: 'DELETE', ...call });
		// The response is undocumented.
		if ((await undefinedIfNotFound(readFileInfo(run, file))) !== undefined) refuse(STILL_THERE);
		return outputs([simplify ? deletedFileItem(found) : { ...found, deleted: true }]);
	},
});

const STILL_THERE: UserMessage = {
	message: 'Expert reported success, but the file is still there',
	description: 'Run the node again, or delete the file in Expert.',
	toModel: 'Try again.',
};
