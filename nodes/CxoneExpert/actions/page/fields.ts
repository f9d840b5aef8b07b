import type { INodeProperties } from 'n8n-workflow';

/** Fields that several operations of a page share. */

export const titleOption: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. Set up your phone',
	description: 'The title that readers see',
};

/** A list from an expression keeps commas inside its entries. */
export const tagsField: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. billing, new in 2026',
	description: 'Tags separated by commas, or an expression that gives a list of tags',
};

export const keyField: INodeProperties = {
	displayName: 'Key',
	name: 'key',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. urn:custom.mindtouch.com#_editedby',
	description: 'The whole name of the property; upper and lower case matter',
};
