import type { XmlElement } from '../../api/xml';
import type { StatusMessages } from '../../shared/failure-messages';
import type { Field } from '../core/field';
import { refuseInput } from '../core/input-problem';
import { notFound } from '../core/not-found';
import type { OperationContext } from '../core/operation-context';
import { locatorValue, nothingNamed } from '../input/locator';

/** A file by its number. */
export const fileId: Field<string> = {
	property: {
		displayName: 'File ID',
		name: 'fileId',
		type: 'string',
		default: '={{ $json.file.id }}',
		required: true,
		placeholder: 'e.g. 88',
		description:
			'The file. Drag the file ID from a trigger item into this field, or enter another one.',
	},
	read(entered) {
		const { text } = locatorValue(entered, 'file');
		if (/^\d+$/.test(text)) return text;
		if (text === '') return refuseInput(nothingNamed('file', '{{ $json.file.id }}'));
		return refuseInput({
			message: `"${text.slice(0, 100)}" is not the ID of a file`,
			description: 'Enter a number, such as 88. An item of a file event has it as "file.id".',
		});
	},
};

/** GET /files/{id}/info */
export async function readFileInfo(run: OperationContext, id: string): Promise<XmlElement> {
	const doing = `read the data of file ${id}`;
	const messages = fileMessages(id);
	return await run.site.read({ method: 'GET', path: `/files/${id}/info`, doing, messages }, 'file');
}

/** What a refusal means for a call about one file. */
export function fileMessages(id: string): StatusMessages {
	return {
		404: notFound(
			`file ${id}`,
			'It may have been deleted, alone or with its page, or the user of the token may not see it. Check the value in the field "File".',
		),
		410: {
			message: `File ${id} was deleted`,
			description: 'An admin can restore it in Expert under Site Tools > Deleted Files.',
			isWhole: true,
		},
	};
}
