import type { StatusMessage, StatusMessages } from '../../api/expert-error';
import { revisionOf } from '../../api/elements';
import { doubleEncode } from '../../api/path-segment';
import { allowField, refusedUnlessAllowed } from '../overrides';
import {
	asText,
	onlyEntered,
	optionsField,
	refuse,
	requiredChoiceField,
	requiredTextField,
	textField,
} from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { results, simplify } from '../core/results';
import { notFound } from '../../api/expert-site';
import { pageCall, pageToWrite } from '../find-page';
import { targetPage } from '../page-field';
import { fileItem } from './items';

const inputField = requiredTextField({
	displayName: 'Input Binary Field',
	name: 'binaryPropertyName',
	default: 'data',
	placeholder: 'e.g. data',
	description: 'Name of the binary field of the incoming item that holds the file',
	hint: 'The name of the input binary field containing the file to be uploaded',
});

const fileName = textField({
	displayName: 'File Name',
	name: 'fileName',
	placeholder: 'e.g. manual.pdf',
	description: 'Name of the file on the page. When empty, the file keeps its name.',
});

const options = optionsField({
	allow: allowField('pages/files'),
	altText: textField({
		displayName: 'Alt Text',
		name: 'altText',
		placeholder: 'e.g. The device from above',
		description: 'Text for readers who cannot see the image',
	}),
	description: textField({
		displayName: 'Description',
		name: 'description',
		placeholder: 'e.g. Manual in English',
		description: 'What the list of files of the page says about the file',
	}),
	ifExists: requiredChoiceField({
		displayName: 'If the File Exists',
		name: 'ifExists',
		options: [
			{
				name: 'Add New Version',
				value: 'newVersion',
				description: 'The file keeps its ID, and its old version can be restored',
			},
			{ name: 'Stop', value: 'stop', description: 'Nothing is uploaded' },
		],
		description: 'What to do if the page already has a file with this name',
	}),
});

/** PUT /pages/{id}/files/{filename}, with the bytes as they are. */
export const uploadFile = defineOperation({
	value: 'upload',
	name: 'Upload',
	action: 'Upload file',
	description: 'Attach a file to a page, or add a new version of an existing file',
	fields: { page: targetPage, inputField, fileName, simplify, options },
	async run(run, { page, inputField, fileName, simplify, options }) {
		const { name, type, bytes } = await fileToUpload(run, inputField, fileName);
		const { altText: alttext, allow, description, ifExists } = options;
		// Always send `abort`: its default is undocumented.
		const abort = ifExists === 'stop' ? 'exists' : 'never';
		const messages = {
			...uploadMessages(name, page.label),
			...refusedUnlessAllowed(allow, NOT_TAKEN[abort](name, page.label)),
		};
		const target = await pageToWrite(run, page, messages);
		const call = pageCall('PUT', target, `/files/${fileKey(name)}`, `upload "${name}" to`, messages);
		const entered = onlyEntered({ description, alttext, abort, allow: allow.value });
		const query = { ...call.query, ...entered };
		const file = { query, body: bytes, contentType: type };
		const uploaded = await run.site.write({ ...call, ...file }, 'file', (each) => {
			const isNewVersion = abort === 'exists' && (revisionOf(each) ?? 1) > 1;
			return isNewVersion ? NOT_STOPPED : undefined;
		});
		return results([uploaded], simplify, fileItem);
	},
});

const NOT_STOPPED = 'The site did not stop: the file was there, and has a new version now.';

async function fileToUpload(run: OperationContext, field: string, chosenName: string) {
	const { helpers } = run.n8n;
	const { fileName: ownName, mimeType } = helpers.assertBinaryData(run.item, field);
	const name = chosenName || asText(ownName);
	if (name === '') {
		return refuse({
			message: 'The file has no name',
			description: "Enter a name such as manual.pdf in the field 'File Name'.",
			toModel: 'Pass a name such as manual.pdf.',
		});
	}
	const bytes = await helpers.getBinaryDataBuffer(run.item, field);
	return { name, type: asText(mimeType) || 'application/octet-stream', bytes };
}

/** Encodes the name twice, and marks it with `=` if it has no extension. */
function fileKey(name: string): string {
	return /[^.]\.[^.]+$/.test(name) ? doubleEncode(name) : `=${doubleEncode(name)}`;
}

const uploadMessages = (name: string, label: string): StatusMessages => ({
	404: notFound(`${label} to attach the file to`, {
		description:
			"It may have been moved, renamed or deleted, or the user of the token may not see it. Check the value in the field 'Page'.",
		toModel:
			'It may have been moved, renamed or deleted, or the user of the token may not see it. Check how you named the page.',
	}),
	413: {
		message: `The file "${name}" is larger than the site accepts`,
		description: 'Upload a smaller file, or ask your NiCE contact for the limit of your site.',
	},
});

/** Explains 409 by `abort`: with "Add New Version", a file of the same name is no reason. */
const NOT_TAKEN = {
	exists: (name: string, label: string): StatusMessage => ({
		message: `The file "${name}" is already on ${label}`,
		description:
			"Enter another name in the field 'File Name', or set the option 'If the File Exists' to \"Add New Version\".",
		toModel: 'Pass another name.',
		isWhole: true,
	}),
	never: (name: string, label: string): StatusMessage => ({
		message: `Expert did not accept the file "${name}" for ${label}`,
		description:
			"The page may have a file whose name differs in upper and lower case only. Enter that name, or another one, in the field 'File Name'.",
		toModel:
			'The page may have a file whose name differs in upper and lower case only. Pass that name, or another one.',
		isWhole: true,
	}),
};
