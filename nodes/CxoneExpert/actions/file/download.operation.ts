import type { IDataObject } from 'n8n-workflow';

import { requiredTextField } from '../field';
import { fileItem } from '../items';
import { defineOperation, type OperationContext } from '../operation';
import { file, fileMessages, pageOfList, readFileInfo } from './file';
import { fileContent, isOtherContent, mediaType } from './stored-content';

const outputField = requiredTextField({
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	description: 'Name of the binary field of the item that gets the file',
	hint: 'The name of the output binary field to put the file in',
});

/** GET /files/{id}, after its info: no other response has the name. */
export const downloadFile = defineOperation({
	value: 'download',
	name: 'Download',
	action: 'Download file',
	description: 'Get a file with its content, as binary data of the item',
	fields: { pageOfList, file, outputField },
	async run(run, fields) {
		const id = run.read(fields.file);
		const field = run.read(fields.outputField);
		const info = fileItem(await readFileInfo(run, id));
		const { bytes, type } = await content(run, id, info);
		const name = String(info.name ?? `file-${id}`);
		const data = await run.n8n.helpers.prepareBinaryData(bytes, name, type);
		return [{ json: info, binary: { [field]: data } }];
	},
});

async function content(
	run: OperationContext,
	id: string,
	info: IDataObject,
): Promise<{ bytes: Buffer; type?: string }> {
	const doing = `download file ${id}`;
	const messages = fileMessages(id);
	const response = await fileContent(run, { path: `/files/${id}`, doing, messages });
	const bytes = response.bytes ?? Buffer.alloc(0);
	const served = mediaType(response.headers['content-type']);
	const type = served ?? mediaType(info.type);
	if (isWebPageInstead(type, bytes, info)) {
		return run.site.refuse({
			message: `The site responded with a web page instead of file ${id}`,
			description:
				'A sign-in page or a proxy in front of the site can be the cause. Run the test of the CXone Expert API credential, then try again.',
		});
	}
	if (isOtherContent(announced(info), { type: served, size: bytes.length })) {
		return run.site.refuse({
			message: `The site responded with something other than file ${id}`,
			description: `According to its info, the file has ${String(info.size)} bytes; the site sent ${bytes.length} bytes of another type. Try again, and check that the file opens in Expert.`,
		});
	}
	return { bytes, ...(type === undefined ? {} : { type }) };
}

function announced({ type, size }: IDataObject) {
	return { type: mediaType(type), size: typeof size === 'number' ? size : undefined };
}

/** HTML where another type was announced, or HTML of another length than the file has. */
function isWebPageInstead(type: string | undefined, bytes: Buffer, info: IDataObject): boolean {
	if (!isHtml(type)) return false;
	return !isHtml(mediaType(info.type)) || (info.size !== undefined && info.size !== bytes.length);
}

function isHtml(type: string | undefined): boolean {
	return /html/i.test(type ?? '');
}
