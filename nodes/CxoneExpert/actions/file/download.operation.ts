import { requiredTextField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { file, fileMessages, pageOfList, readFileInfo } from './file';
import { fileItem } from './items';
import { mediaType, storedContent } from './stored-content';

const outputField = requiredTextField({
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	default: 'data',
	placeholder: 'e.g. data',
	description: 'Name of the binary field of the item that gets the file',
	hint: 'The name of the output binary field to put the file in',
});

/** GET /files/{id}. The info is read first: no other response has the name. */
export const downloadFile = defineOperation({
	value: 'download',
	name: 'Download',
	action: 'Download file',
	description: 'Get a file with its content, as binary data of the item',
	fields: { pageOfList, file, outputField },
	async run(run, { file, outputField }) {
		const label = `file ${file}`;
		const json = fileItem(await readFileInfo(run, file));
		const { name = `file-${file}`, type, size } = json;
		const call = {
			path: `/files/${file}`,
			doing: `download ${label}`,
			messages: fileMessages(file),
		};
		const content = await storedContent(run, call, { type, size, label });
		const binaryType = mediaType(content.type) ?? mediaType(type);
		const data = await run.n8n.helpers.prepareBinaryData(content.bytes, name, binaryType);
		return [{ json, binary: { [outputField]: data } }];
	},
});
