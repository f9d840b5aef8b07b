import { compact } from '../../api/compact';
import { ExpertError, type UserMessage } from '../../api/expert-error';
import { redact, secretsOf } from '../../api/redact';
import { attribute, child, textOf, writeXml, type XmlElement } from '../../api/xml';
import {
	EMPTY_EXPRESSION,
	type Field,
	optionsField,
	refuseInput,
	textField,
	xmlText,
} from '../field';
import { defineOperation, type OperationContext } from '../operation';
import { type PageReference, targetPage } from '../page-field';
import { pageMessages, pageToChange } from './find-page';
import { listProperty, propertyItem, propertyNamed, propertyNameField } from './property';
import { outputs } from '../results';

/** An empty text is a value, too; nothing at all is not. */
const valueField: Field<string> = {
	property: {
		displayName: 'Value',
		name: 'value',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. reviewed',
		description: 'The text to store. A list or an object from an expression becomes JSON.',
	},
	read(entered) {
		if (entered === undefined || entered === null || Number.isNaN(entered)) {
			return refuseInput(NO_VALUE);
		}
		return xmlText(
			typeof entered === 'object' ? JSON.stringify(entered) : String(entered),
			'Value',
		);
	},
};

const NO_VALUE: UserMessage = {
	message: '"Value" is empty',
	description: `Enter a value in the field "Value". ${EMPTY_EXPRESSION}`,
};

const DEFAULT_TYPE = 'text/plain; charset=utf-8';

const options = optionsField({
	contentType: textField({
		displayName: 'Content Type',
		name: 'contentType',
		type: 'string',
		default: DEFAULT_TYPE,
		placeholder: 'e.g. application/json; charset=utf-8',
		description: 'What kind of text the value is',
	}),
});

/**
 * PUT /pages/{id}/properties with one property, which is created if it does not exist.
 *
 * The etag of an existing property goes along. The public code of the predecessor of the API replaces a
 * value only when the call names its current etag. It also makes a concurrent change fail instead of
 * being overwritten.
 */
export const setPageProperty = defineOperation({
	value: 'setProperty',
	name: 'Set Property',
	action: 'Set property of page',
	description: 'Set the value of a property of a page, which is created if it does not exist',
	fields: { page: targetPage, propertyName: propertyNameField, value: valueField, options },
	async run(run, fields) {
		const name = run.read(fields.propertyName);
		const value = run.read(fields.value);
		const { contentType } = run.read(fields.options);
		const reference = await pageToChange(run, run.read(fields.page));
		const listed = await listProperty(run, reference, name, { redirects: 0 });
		const etag = attribute(propertyNamed(listed, name), 'etag');
		const properties = await run.site.read(
			{
				method: 'PUT',
				path: `/pages/${reference.key}/properties`,
				query: { redirects: 0 },
				body: propertyXml(name, value, contentType || DEFAULT_TYPE, etag),
				messages: { ...pageMessages(reference), 409: CHANGED },
				doing: settingOf(name, reference),
			},
			'properties',
		);
		const after = confirmedProperty(run, properties, name, reference);
		return outputs([propertyItem(reference, properties, after, value)]);
	},
});

/** XML parsing turns a carriage return into a line feed unless it is escaped. */
function propertyXml(name: string, value: string, type: string, etag: string | undefined): string {
	const contents = { '@type': type, '#text': value };
	const property = compact({ '@name': name, '@etag': etag, contents }) as XmlElement;
	return writeXml('properties', { property }).replaceAll('\r', '&#13;');
}

/** Finishes the sentence "while n8n tried to …". */
function settingOf(name: string, { label }: PageReference): string {
	return `set the property "${name}" of ${label}`;
}

/** The call can succeed although the site refuses the property in it. */
function confirmedProperty(
	run: OperationContext,
	properties: XmlElement,
	name: string,
	reference: PageReference,
): XmlElement {
	const property = propertyNamed(properties, name);
	const status = child(property, 'status');
	const code = attribute(status, 'code') ?? '200';
	if (property !== undefined && code === '200') return property;
	if (property === undefined) return run.site.refuse(UNCONFIRMED);
	const said = textOf(status) ?? textOf(child(status, 'error'), 'message');
	const secrets = secretsOf(run.site.credential);
	throw new ExpertError({
		kind: 'http-status',
		status: Number(code),
		siteMessage: said && redact(said, secrets),
		doing: settingOf(name, reference),
		messages: { [Number(code)]: NOT_SET, 409: CHANGED },
	});
}

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the property was set',
	description: 'Read the property to see whether it has the new value, and set it again if not.',
};

const NOT_SET: UserMessage = {
	message: 'Expert did not set the property',
	description: 'Check its name, its value and the option "Content Type".',
};

const CHANGED: UserMessage = {
	message: 'The property was changed by somebody else at the same moment',
	description: 'Nothing was set. Run the node again.',
};
