import type { INodeProperties } from 'n8n-workflow';

import type { StatusMessages } from '../../shared/failure-messages';
import { doubleEncode } from '../../api/path-segment';
import type { ApiCall } from '../../api/client';
import { optionsField, page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { pageToWrite } from '../page/found-page';
import { asText, type OperationContext } from '../core/operation-context';
import { fileItem } from './file-item';

const input: INodeProperties = {
	displayName: 'Input Binary Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	description: 'Name of the binary field of the incoming item that holds the file',
	hint: 'The name of the input binary field containing the file to be uploaded',
};

const fileName: INodeProperties = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	placeholder: 'e.g. manual.pdf',
	description: 'Name of the file on the page. When empty, the file keeps the name that it has.',
};

const options = optionsField([
	{
		displayName: 'Alt Text',
		name: 'altText',
		type: 'string',
		default: '',
		placeholder: 'e.g. The device from above',
		description: 'What readers get who do not see the image',
	},
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		placeholder: 'e.g. Manual in English',
		description: 'What the list of files of the page says about the file',
	},
	{
		displayName: 'If the File Exists',
		name: 'ifExists',
		type: 'options',
		options: [
			{
				name: 'Add New Version',
				value: 'newVersion',
				description: 'The file keeps its ID, and its old version can be restored',
			},
			{ name: 'Stop', value: 'stop', description: 'Nothing is uploaded' },
		],
		default: 'newVersion',
		description: 'What to do when the page has a file of this name already',
	},
]);

/** PUT /pages/{id}/files/{filename} with the bytes as they are. */
export const uploadFile: Operation = {
	value: 'upload',
	name: 'Upload',
	action: 'Upload a file',
	description: 'Attach a file to a page, or add a new version of one that is there',
	fields: [page, input, fileName, simplify, options],
	async run(run) {
		const { label } = run.page();
		const { name, type, bytes } = await fileToUpload(run);
		const { key } = await pageToWrite(run, uploadMessages(name, label));
		const uploaded = await run.site.read(
			{
				method: 'PUT',
				path: `/pages/${key}/files/${fileKey(name)}`,
				query: queryOf(run),
				body: bytes,
				contentType: type,
				doing: `upload "${name}" to ${label}`,
				messages: uploadMessages(name, label),
			},
			'file',
		);
		return results(run, [uploaded], fileItem);
	},
};

async function fileToUpload(run: OperationContext) {
	const field = run.required('binaryPropertyName', 'Input Binary Field');
	const { helpers } = run.n8n;
	const { fileName: ownName, mimeType } = helpers.assertBinaryData(run.item, field);
	const name = run.text('fileName') || asText(ownName);
	if (name === '') {
		return run.site.refuse({
			message: 'The file has no name',
			description: 'Enter a name such as manual.pdf in the field "File Name".',
		});
	}
	const bytes = await helpers.getBinaryDataBuffer(run.item, field);
	return { name, type: asText(mimeType) || 'application/octet-stream', bytes };
}

/** A name as a path segment: encoded twice, and marked with `=` when it has no extension. */
function fileKey(name: string): string {
	return /[^.]\.[^.]+$/.test(name) ? doubleEncode(name) : `=${doubleEncode(name)}`;
}

/** `abort` is sent each time: what a site does without it is not documented. */
function queryOf({ options: chosen }: OperationContext): NonNullable<ApiCall['query']> {
	const description = asText(chosen.description);
	const altText = asText(chosen.altText);
	return {
		...(description === '' ? {} : { description }),
		...(altText === '' ? {} : { alttext: altText }),
		abort: chosen.ifExists === 'stop' ? 'exists' : 'never',
	};
}

const uploadMessages = (name: string, label: string): StatusMessages => ({
	404: {
		message: `There is no ${label} to attach the file to`,
		description:
			'It may have been moved, renamed or deleted, or the user of the token may not see it. Check what is entered in the field "Page".',
	},
	409: {
		message: `The file "${name}" is on ${label} already`,
		description:
			'Enter another name in the field "File Name", or set the option "If the File Exists" to "Add New Version".',
	},
	413: {
		message: `The file "${name}" is larger than the site takes`,
		description: 'Upload a smaller file, or ask your NiCE contact for the limit of your site.',
	},
});
