import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';

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

/** What few builders need; read through `run.options`. */
export function optionsField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}

/**
 * A thing that is chosen from a list or named by its ID, or in one of the other modes.
 *
 * @param searchListMethod one of `methods.listSearch` of the node
 */
export function locatorField(
	searchListMethod: string,
	{ modes = [], ...field }: Omit<INodeProperties, 'type'>,
	byId: Partial<INodePropertyMode> = {},
): INodeProperties {
	return {
		type: 'resourceLocator',
		required: true,
		...field,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 42', ...byId },
			...modes,
		],
	};
}

/** A page by list, number, path or address: see `page-reference.ts`. */
export function pageField(changes: Partial<INodeProperties> = {}): INodeProperties {
	const field = locatorField('searchPages', {
		displayName: 'Page',
		name: 'page',
		default: { mode: 'id', value: '={{ $json.page.id }}' },
		description:
			'The page. Drag the page ID of an item of the trigger into this field, or choose another way to name the page.',
		modes: [
			{ displayName: 'By Path', name: 'path', type: 'string', placeholder: 'e.g. Guides/Setup' },
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://help.example.com/Guides/Setup',
			},
		],
	});
	return { ...field, ...changes };
}

export const page = pageField();
