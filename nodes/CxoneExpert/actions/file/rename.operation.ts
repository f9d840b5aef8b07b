import type { StatusMessages } from '../../api/expert-error';
import { textOf } from '../../api/xml';
import { requiredTextField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { file, fileMessages, pageOfList, readFileInfo } from './file';
import { fileItem } from './items';

const newName = requiredTextField({
	displayName: 'New Name',
	name: 'newName',
	placeholder: 'e.g. manual-2026.pdf',
	description: 'The new name of the file, with its extension',
});

/** POST /files/{id}/move. Without `to`, the file stays on its page. */
export const renameFile = defineOperation({
	value: 'rename',
	name: 'Rename',
	action: 'Rename file',
	description: 'Give a file another name. It keeps its ID, its page and its content.',
	fields: { pageOfList, file, newName, simplify },
	async run(run, { file, newName, simplify }) {
		const found = await readFileInfo(run, file);
		if (textOf(found, 'filename') === newName) {
			// The site would refuse to change nothing.
			run.note(`File ${file} has that name already`);
			return results([found], simplify, fileItem);
		}
		const call = { path: `/files/${file}/move`, query: { name: newName }, doing: `rename file ${file}` };
		const messages = { ...fileMessages(file), ...nameTaken(newName) };
		const renamed = await run.site.write({ method: 'POST', ...call, messages }, 'file', (each) => {
			const name = textOf(each, 'filename');
			return name === newName ? undefined : `The site says that its name is "${name ?? ''}".`;
		});
		return results([renamed], simplify, fileItem);
	},
});

const nameTaken = (name: string): StatusMessages => ({
	409: {
		message: `The page of the file has a file "${name}" already`,
		description:
			"Enter another name in the field 'New Name'. A name that differs in upper and lower case only counts as the same.",
		toModel: 'Pass another name. A name that differs in upper and lower case only counts as the same.',
		isWhole: true,
	},
});
