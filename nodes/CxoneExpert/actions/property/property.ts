import type { IDataObject } from 'n8n-workflow';

import type { ApiCall } from '../../api/client';
import { compact, numberOf } from '../../api/elements';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { mapField, refuse, requiredTextField, xmlText } from '../../parameters/field';
import type { OperationContext } from '../core/operation';
import { pageCall, pageOf } from '../find-page';
import type { PageReference } from '../page-reference';

const text = requiredTextField({
	displayName: 'Property Name',
	name: 'propertyName',
	placeholder: 'e.g. urn:custom.mindtouch.com#_editedby',
	description: 'The full name of the property; upper and lower case matter',
});

/** Refuses characters that have a meaning in a query of the API. */
export const propertyNameField = mapField(text, (name) => {
	// In an address, the parts `.` and `..` would make another call.
	if (!/[*,\r\n\t]|^\.\.?$/.test(name)) return xmlText(name, 'Property Name');
	return refuse({
		message: "'Property Name' is not the name of one property",
		description:
			'Enter the full name of one property, such as urn:custom.mindtouch.com#_editedby, without * and commas.',
	});
});

/** GET /pages/{id}/properties?names=…, which gives all with this name in any case. */
export async function listProperty(
	run: OperationContext,
	reference: PageReference,
	name: string,
	more: NonNullable<ApiCall['query']> = {},
): Promise<XmlElement> {
	const call = pageCall('GET', reference, '/properties', readingProperty(name));
	return await run.site.read({ ...call, query: { names: name, ...more } }, 'properties');
}

export const readingProperty = (name: string) => `read the property "${name}" of`;

/** Finds several if two runs have made them at the same moment: the last one counts. */
export function propertiesNamed(properties: XmlElement, name: string): XmlElement[] {
	return children(properties, 'property').filter((each) => attribute(each, 'name') === name);
}

export function propertyNamed(properties: XmlElement, name: string): XmlElement | undefined {
	return propertiesNamed(properties, name).at(-1);
}

/** @param properties the list that it came in */
export function propertyItem(
	reference: PageReference,
	properties: XmlElement,
	property: XmlElement,
	value: string,
): IDataObject {
	const contents = child(property, 'contents');
	return compact({
		page: pageOf(reference, property, properties),
		name: attribute(property, 'name'),
		value,
		type: attribute(contents, 'type'),
		size: numberOf(attribute(contents, 'size')),
		revision: numberOf(attribute(property, 'revision')),
		modifiedAt: textOf(property, 'date.modified'),
		etag: attribute(property, 'etag'),
	});
}
