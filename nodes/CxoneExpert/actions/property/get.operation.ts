import { numberOf } from '../../api/elements';
import type { UserMessage } from '../../api/expert-error';
import { doubleEncode } from '../../api/path-segment';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { refuse } from '../../parameters/field';
import { cutTexts, limitOptions } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { storedContent } from '../file/stored-content';
import { page } from '../page-field';
import type { PageReference } from '../page-reference';
import { listProperty, propertyItem, propertyNamed, propertyNameField } from './property';

/** GET /pages/{id}/properties, and …/{name} for a value that the list does not have in full. */
export const getPageProperty = defineOperation({
	value: 'getProperty',
	name: 'Get Property',
	action: 'Get property of page',
	description: 'Get one property of a page with its value',
	fields: { page, propertyName: propertyNameField, options: limitOptions },
	async run(run, { page, propertyName, options }) {
		const properties = await listProperty(run, page, propertyName);
		const property = propertyNamed(properties, propertyName);
		if (property === undefined) {
			return refuse(noSuchProperty(properties, propertyName, page.label));
		}
		const value = await propertyValue(run, page, propertyName, property);
		const items = outputs([propertyItem(page, properties, property, value)]);
		return cutTexts(run, options.limitOfCharacters, ['value'], items);
	},
});

function noSuchProperty(properties: XmlElement, name: string, label: string): UserMessage {
	const [other] = children(properties, 'property');
	const spelled = attribute(other, 'name');
	return {
		message: `There is no property "${name}" at ${label}`,
		description:
			spelled === undefined
				? 'Check the name: enter it in full, with the right upper and lower case. A property that was never set does not exist.'
				: `Upper and lower case matter: the page has "${spelled}".`,
	};
}

/**
 * The list omits values above the site's limit, and XML parsing trims white space. The listed size shows both:
 * then the value is fetched by its name, encoded twice (docs/vendor-facts.md#identifiers).
 */
async function propertyValue(
	run: OperationContext,
	{ key, label }: PageReference,
	name: string,
	property: XmlElement,
): Promise<string> {
	const contents = child(property, 'contents');
	const listed = textOf(contents) ?? '';
	const [type, size] = [attribute(contents, 'type'), numberOf(attribute(contents, 'size'))];
	if (size === Buffer.byteLength(listed)) return listed;
	const path = `/pages/${key}/properties/${doubleEncode(name)}`;
	const value = `the value of the property "${name}" of ${label}`;
	const call = { path, doing: `read ${value}` };
	const content = await storedContent(run, call, { type, size, label: value });
	return textIn(content) ?? refuse(noText(name, type));
}

/** Decodes the value; `undefined` for bytes that are no text. */
function textIn({ bytes, type }: { bytes: Buffer; type: string }): string | undefined {
	const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
	try {
		return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

function noText(name: string, type = 'something else'): UserMessage {
	return {
		message: `The property "${name}" contains ${type}, not text`,
		description: 'This node reads properties that contain text. Choose another property.',
	};
}
