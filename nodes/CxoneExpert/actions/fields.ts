import type { INodeProperties } from 'n8n-workflow';

/** Fields that operations of several resources share. */

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** A page by list, number, path or address: see `transport/page-reference.ts`. */
export function pageField(changes: Partial<INodeProperties> = {}): INodeProperties {
	return {
		displayName: 'Page',
		name: 'page',
		type: 'resourceLocator',
		default: { mode: 'id', value: '={{ $json.page.id }}' },
		required: true,
		description:
			'The page. Drag the page ID of an item of the trigger into this field, or choose another way to name the page.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchPages', searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 42' },
			{ displayName: 'By Path', name: 'path', type: 'string', placeholder: 'e.g. Guides/Setup' },
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://help.example.com/Guides/Setup',
			},
		],
		...changes,
	};
}

export const page = pageField();
