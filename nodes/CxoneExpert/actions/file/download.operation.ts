import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { HttpResponse } from '../../api/client';
import { fileContent } from '../core/file-content';
import type { Operation } from '../core/operation';
import { isOtherContent } from '../core/other-content';
import type { OperationContext } from '../core/operation-context';
import { file, fileMessages, fileId, readFileInfo } from './field';
import { fileItem } from './file-item';

const output: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	description: 'Name of the binary field of the item that gets the file',
	hint: 'The name of the output binary field to put the file in',
};

/** GET /files/{id}, after its info: the name is in no other answer. */
export const downloadFile: Operation = {
	value: 'download',
	name: 'Download',
	action: 'Download a file',
	description: 'Get a file with its content, as binary data of the item',
	fields: [file, output],
	async run(run) {
		const id = fileId(run);
		const field = run.required('binaryPropertyName', 'Put Output File in Field');
		const info = fileItem(await readFileInfo(run, id));
		const { bytes, type } = await content(run, id, info);
		const name = String(info.name ?? `file-${id}`);
		const data = await run.n8n.helpers.prepareBinaryData(bytes, name, type);
		return [{ json: info, binary: { [field]: data } }];
	},
};

async function content(
	run: OperationContext,
	id: string,
	info: IDataObject,
): Promise<{ bytes: Buffer; type?: string }> {
	const doing = `download file ${id}`;
	const messages = fileMessages(id);
	const answer = await fileContent(run, { path: `/files/${id}`, doing, messages });
	const bytes = answer.bytes ?? Buffer.alloc(0);
	const type = typeOf(answer) ?? typeText(info.type);
	if (isWebPageInstead(type, bytes, info)) {
		return run.site.refuse({
			message: `The site answered with a web page instead of file ${id}`,
			description:
				'A sign-in page or a proxy in front of the site can be the cause. Run the test of the CXone Expert API credential, then try again.',
		});
	}
	if (isOtherContent(announced(info), { type: typeOf(answer), size: bytes.length })) {
		return run.site.refuse({
			message: `The site answered with something else than file ${id}`,
			description: `By its info the file has ${String(info.size)} bytes, ${bytes.length} bytes of another kind came. Try again, and check that the file opens in Expert.`,
		});
	}
	return { bytes, ...(type === undefined ? {} : { type }) };
}

function announced({ type, size }: IDataObject) {
	return { type: typeText(type), size: typeof size === 'number' ? size : undefined };
}

/** HTML where another kind of file was announced, or HTML of another length than that file has. */
function isWebPageInstead(type: string | undefined, bytes: Buffer, info: IDataObject): boolean {
	if (!isHtml(type)) return false;
	return !isHtml(typeText(info.type)) || (info.size !== undefined && info.size !== bytes.length);
}

function isHtml(type: string | undefined): boolean {
	return /html/i.test(type ?? '');
}

function typeOf(answer: HttpResponse): string | undefined {
	return typeText(answer.headers['content-type']);
}

/** A media type without what may follow it (`; charset=…`). */
function typeText(value: unknown): string | undefined {
	const type = typeof value === 'string' ? value.split(';')[0]!.trim() : '';
	return type === '' ? undefined : type;
}
