import { jsonParse } from 'n8n-workflow';

import { asText, type Field, refuse } from '../../parameters/field';
import type { Versioned } from './changes';

/** What an index outside of Expert holds: a list of `{ id, version }`. An entry without version counts as another one. */
export const indexField: Field<Versioned[]> = {
	property: {
		displayName: 'Index',
		name: 'index',
		type: 'json',
		default: '={{ $input.all().map((item) => item.json) }}',
		description:
			'List of what the index holds now: ID and version of each page, as this operation gave them. The default takes them from all incoming items, and [] means an empty index.',
	},
	read(entered) {
		const list = typeof entered === 'string' ? jsonParse<unknown>(entered, { fallbackValue: null }) : entered;
		if (!Array.isArray(list)) return refuse(NO_LIST);
		return list.flatMap((entry: unknown, position) => (isBlank(entry) ? [] : [versioned(entry, position + 1)]));
	},
};

const NO_LIST = {
	message: "'Index' is not a list",
	description:
		'Let the expression give a list with "id" and "version" of each page that the index holds, such as [{ "id": "42", "version": "…" }]. For an empty index, enter [].',
	toModel: 'Pass a list with "id" and "version" of each page that the index holds, or [] for an empty index.',
};

/** n8n's *Always Output Data* gives such an item for an empty index. */
function isBlank(entry: unknown): boolean {
	return typeof entry === 'object' && entry !== null && Object.keys(entry).length === 0;
}

function versioned(entry: unknown, position: number): Versioned {
	const { id, version } = (entry ?? {}) as Record<string, unknown>;
	const text = asText(id);
	if (/^\d+$/.test(text)) return { id: text, version: asText(version) };
	return refuse({
		message: `Entry ${position} of 'Index' has no ID of a page, so nothing was compared`,
		description:
			'Give each entry the number of a page as "id", and as "version" what this operation gave when the page was put into the index.',
	});
}
