import { compact } from '../../api/elements';
import { redact, secretsOf } from '../../api/redact';
import { attribute, child, textOf, writeXml, type XmlElement } from '../../api/xml';
import { ExpertError, type UserMessage } from '../../api/expert-error';
import { EMPTY_EXPRESSION, type Field, optionsField, refuse, textField, xmlText } from '../field';
import { defineOperation, type OperationContext } from '../operation';
import { targetPage } from '../page-field';
import { pageCall, pageToChange } from './find-page';
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
			return refuse({
				message: '"Value" is empty',
				description: `Enter a value in the field "Value". ${EMPTY_EXPRESSION}`,
			});
		}
		const text = typeof entered === 'object' ? JSON.stringify(entered) : String(entered);
		return xmlText(text, 'Value');
	},
};

const DEFAULT_TYPE = 'text/plain; charset=utf-8';

const options = optionsField({
	contentType: textField({
		displayName: 'Content Type',
		name: 'contentType',
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
	async run(run, { page: named, propertyName, value, options }) {
		const page = await pageToChange(run, named);
		const listed = await listProperty(run, page, propertyName, { redirects: 0 });
		const etag = attribute(propertyNamed(listed, propertyName), 'etag');
		const doing = `set the property "${propertyName}" of`;
		const call = pageCall('PUT', page, '/properties', doing, { 409: CHANGED });
		const body = propertyXml(propertyName, value, options.contentType || DEFAULT_TYPE, etag);
		const properties = await run.site.read(
			{ ...call, query: { redirects: 0 }, body },
			'properties',
		);
		const property = propertyNamed(properties, propertyName);
		if (property === undefined) return refuse(UNCONFIRMED);
		refuseUnset(run, property, call.doing);
		return outputs([propertyItem(page, properties, property, value)]);
	},
});

/** XML parsing turns a carriage return into a line feed unless it is escaped. */
function propertyXml(name: string, value: string, type: string, etag: string | undefined): string {
	const contents = { '@type': type, '#text': value };
	const property = compact({ '@name': name, '@etag': etag, contents }) as XmlElement;
	return writeXml('properties', { property }).replaceAll('\r', '&#13;');
}

/** The call can succeed although the site refuses the property in it. */
function refuseUnset(run: OperationContext, property: XmlElement, doing: string): void {
	const result = child(property, 'status');
	const status = Number(attribute(result, 'code') ?? 200);
	if (status === 200) return;
	const said = textOf(result) ?? textOf(child(result, 'error'), 'message');
	const siteMessage = said && redact(said, secretsOf(run.site.credential));
	const messages = { [status]: NOT_SET, 409: CHANGED };
	throw new ExpertError({ kind: 'http-status', status, doing, messages, siteMessage });
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
