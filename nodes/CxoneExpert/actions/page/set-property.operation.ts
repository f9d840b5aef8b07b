import { compact } from '../../api/compact';
import { attribute, writeXml, type XmlElement } from '../../api/xml';
import { optionsField, page } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { CHANGED, confirmedProperty, settingOf } from './confirmed-property';
import { keyField } from './fields';
import { pageToChange } from './found-page';
import { listProperty, propertyItem, propertyKey, propertyNamed } from './property';
import { xmlText } from '../input/xml-text';

const DEFAULT_TYPE = 'text/plain; charset=utf-8';

/**
 * PUT /pages/{id}/properties with one property, which is made if it is not there.
 *
 * The etag of a property that is there goes along. The public code of the predecessor of the API
 * replaces a value only for who names its current etag; and with it a change that came in between is
 * noticed instead of lost.
 */
export const setPageProperty: Operation = {
	value: 'setProperty',
	name: 'Set Property',
	action: 'Set a property of a page',
	description: 'Set the value of a property of a page, which is created if it does not exist',
	fields: [
		page,
		keyField,
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description:
				'The text to store. What an expression gives as a list or an object becomes JSON.',
		},
		optionsField([
			{
				displayName: 'Content Type',
				name: 'contentType',
				type: 'string',
				default: DEFAULT_TYPE,
				placeholder: 'e.g. application/json; charset=utf-8',
				description: 'What kind of text the value is',
			},
		]),
	],
	async run(run) {
		const name = propertyKey(run);
		const value = valueOf(run);
		const reference = await pageToChange(run);
		const listed = await listProperty(run, reference, name, { redirects: 0 });
		const before = propertyNamed(listed, name);
		const etag = attribute(before, 'etag');
		const properties = await run.site.read(
			{
				method: 'PUT',
				path: `/pages/${reference.key}/properties`,
				query: { redirects: 0 },
				body: propertyXml(name, value, asText(run.options.contentType) || DEFAULT_TYPE, etag),
				messages: { 409: CHANGED },
				doing: settingOf(name, reference),
			},
			'properties',
		);
		const after = confirmedProperty(run, properties, name, reference);
		return outputs([propertyItem(reference, properties, after, value)]);
	},
};

/** An empty text is a value, too; nothing at all is not. */
function valueOf(run: OperationContext): string {
	const value = run.parameter('value');
	if (value === undefined || value === null || Number.isNaN(value)) {
		return run.required('value', 'Value');
	}
	return xmlText(run, typeof value === 'object' ? JSON.stringify(value) : String(value), 'Value');
}

/** A reader of XML turns a carriage return into a line feed unless it is escaped. */
function propertyXml(name: string, value: string, type: string, etag: string | undefined): string {
	const contents = { '@type': type, '#text': value };
	const property = compact({ '@name': name, '@etag': etag, contents }) as XmlElement;
	return writeXml('properties', { property }).replaceAll('\r', '&#13;');
}
