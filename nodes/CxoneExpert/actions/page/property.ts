import type { IDataObject } from 'n8n-workflow';

import { numberOf } from '../../api/elements';
import type { PageReference } from '../input/page-reference';
import { compact } from '../../api/compact';
import type { ApiCall } from '../../api/client';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation-context';
import { pageIdOf } from './page-id';
import { xmlText } from '../input/xml-text';

/** The name of a property, which the API can ask for only without its own signs in it. */
export function propertyKey(run: OperationContext): string {
	const key = xmlText(run, run.required('key', 'Key'), 'Key');
	if (!/[*,\r\n\t]/.test(key)) return key;
	return run.site.refuse({
		message: '"Key" is not the name of one property',
		description:
			'Enter the whole name of one property, such as urn:custom.mindtouch.com#_editedby, without * and commas.',
	});
}

/** GET /pages/{id}/properties?names=…: all that have the name in any spelling, as the site sees it. */
export async function listProperty(
	run: OperationContext,
	{ key, label }: PageReference,
	name: string,
	more: NonNullable<ApiCall['query']> = {},
): Promise<XmlElement> {
	const doing = `read the property "${name}" of ${label}`;
	const path = `/pages/${key}/properties`;
	return await run.site.read(
		{ method: 'GET', path, query: { names: name, ...more }, doing },
		'properties',
	);
}

/** The one of them with exactly this name. */
export function propertyNamed(properties: XmlElement, name: string): XmlElement | undefined {
	return children(properties, 'property').find((each) => attribute(each, 'name') === name);
}

/** A property as an item; `properties` is the list that it came in. */
export function propertyItem(
	reference: PageReference,
	properties: XmlElement,
	property: XmlElement,
	value: string,
): IDataObject {
	const contents = child(property, 'contents');
	return compact({
		page: compact({ id: pageIdOf(reference, property) ?? pageIdOf(reference, properties) }),
		key: attribute(property, 'name'),
		value,
		type: attribute(contents, 'type'),
		size: numberOf(attribute(contents, 'size')),
		revision: numberOf(attribute(property, 'revision')),
		modifiedAt: textOf(property, 'date.modified'),
		etag: attribute(property, 'etag'),
	});
}
