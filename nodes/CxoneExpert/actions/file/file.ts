import type { StatusMessages } from '../../api/expert-error';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { type Field, refuse } from '../../parameters/field';
import { contains, entryOf, asListSearch } from '../../parameters/list-search';
import {
	fromItem,
	howToName,
	isWebAddress,
	locatorOf,
	locatorProperty,
	NOT_CHOSEN,
	ownAddress,
	thingField,
	wellFormed,
} from '../../parameters/locator';
import type { OperationContext } from '../core/operation';
import { readList, type SiteList } from '../core/results';
import { notFound } from '../../api/expert-site';
import { pageCall } from '../find-page';
import { pageField } from '../page-field';
import { pageReference, type PageReference } from '../page-reference';

const property = locatorProperty(
	'searchFiles',
	{
		displayName: 'File',
		name: 'file',
		...fromItem('file'),
		typeOptions: { loadOptionsDependsOn: ['page.value'] },
		modes: [
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://help.example.com/@api/deki/files/88/manual.pdf',
				validation: wellFormed(
					/[Hh][Tt][Tt][Pp][Ss]?:\/\/[^/]+\/@api\/deki\/files\/\d[^]*/,
					'The URL of a file contains /@api/deki/files/ and its ID, as File > Get gives it',
				),
				extractValue: { type: 'regex', regex: '/@api/deki/files/(\\d+)' },
			},
		],
	},
	{ placeholder: 'e.g. 88', validation: wellFormed(/\d+/, 'An ID is a number, such as 88') },
);

export const file = thingField(property, 'file', (text, _mode, { origin }) => {
	if (/^\d+$/.test(text)) return text;
	const address = isWebAddress(text) ? ownAddress(text, origin, 'file') : undefined;
	const id = /^\/@api\/deki\/files\/(\d+)/.exec(address?.pathname ?? '')?.[1];
	if (id !== undefined) return id;
	return refuse({
		message: `"${text.slice(0, 100)}" is not the ID of a file`,
		description:
			'Enter a number, such as 88, or an address that contains /@api/deki/files/ and the ID. An item of a file event has it as "file.id".',
	});
});

/** The field begins empty, so that trying an untouched node behind a trigger deletes nothing. */
export const fileToRemove: Field<string> = {
	...file,
	property: { ...property, default: NOT_CHOSEN, description: howToName('file') },
};

/** The page whose files are listed; only the list reads it. */
export const pageOfList = pageField({
	displayName: 'On Page',
	default: NOT_CHOSEN,
	required: false,
	// The path is absolute because n8n 2.8.4 would look for a parameter named "file.mode".
	displayOptions: { show: { '/file.mode': ['list'] } },
	description: 'The page whose files are in the list',
});

/** Searches names. */
export const searchFiles = asListSearch(async ({ site, words, n8n }) => {
	const page = chosenPage(n8n.getCurrentNodeParameter(pageOfList.property.name), site.origin);
	const files = await readList(site, filesOf(page));
	const entries = files.flatMap((each) => {
		const url = attribute(child(each, 'contents'), 'href');
		return entryOf(attribute(each, 'id'), textOf(each, 'filename'), url);
	});
	return { results: entries.filter(({ name }) => contains(name, words)) };
});

function chosenPage(chosen: unknown, origin: string | undefined): PageReference {
	const { value } = locatorOf(chosen);
	// Expressions have no incoming item while the editor fills the list.
	const isOpen = (value ?? '') === '' || String(value).startsWith('=');
	if (!isOpen) return pageReference(chosen, { origin });
	return refuse({
		message: 'No page is chosen yet',
		description: "Choose a page in the field 'On Page': the list shows its files.",
	});
}

/** GET /pages/{id}/files. */
export function filesOf(page: PageReference): SiteList {
	const call = pageCall('GET', page, '/files', 'list the files of');
	return { ...call, root: 'files', element: 'file' };
}

/** GET /files/{id}/info. */
export async function readFileInfo(run: OperationContext, id: string): Promise<XmlElement> {
	const call = { doing: `read the data of file ${id}`, messages: fileMessages(id) };
	return await run.site.read({ method: 'GET', path: `/files/${id}/info`, ...call }, 'file');
}

export function fileMessages(id: string): StatusMessages {
	return {
		404: notFound(`file ${id}`, {
			description:
				"It may have been deleted, alone or with its page, or the user of the token may not see it. Check the value in the field 'File'.",
			toModel:
				'It may have been deleted, alone or with its page, or the user of the token may not see it. Check the id.',
		}),
		410: {
			message: `File ${id} was deleted`,
			description: 'An admin can restore it in Expert under Site Tools > Deleted Files.',
			isWhole: true,
		},
	};
}
