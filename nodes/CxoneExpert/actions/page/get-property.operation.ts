import type { HttpResponse } from '../../api/client';
import { numberOf } from '../../api/elements';
import { doubleEncode } from '../../api/path-segment';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { ExpertError, type UserMessage } from '../../api/expert-error';
import { fileContent, isOtherContent } from '../file/stored-content';
import { defineOperation, type OperationContext } from '../operation';
import { page, type PageReference } from '../page-field';
import { listProperty, propertyItem, propertyNamed, propertyNameField } from './property';
import { outputs } from '../results';

/** GET /pages/{id}/properties: one of them, with its whole value. */
export const getPageProperty = defineOperation({
	value: 'getProperty',
	name: 'Get Property',
	action: 'Get property of page',
	description: 'Get one property of a page with its value',
	fields: { page, propertyName: propertyNameField },
	async run(run, fields) {
		const reference = run.read(fields.page);
		const name = run.read(fields.propertyName);
		const properties = await listProperty(run, reference, name);
		const property = propertyNamed(properties, name);
		if (property === undefined) {
			return run.site.refuse(noSuchProperty(properties, name, reference.label));
		}
		const value = await propertyValue(run, reference, name, property);
		return outputs([propertyItem(reference, properties, property, value)]);
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
 * The whole value of a property. The list has it when it is short. A longer value than the site's
 * maximum is left out there, and XML parsing trims white space around a value. Both show in the size
 * that the list names: then the value is fetched by itself.
 */
async function propertyValue(
	run: OperationContext,
	reference: PageReference,
	name: string,
	property: XmlElement,
): Promise<string> {
	const contents = child(property, 'contents');
	const listed = textOf(contents) ?? '';
	const size = numberOf(attribute(contents, 'size'));
	if (size === Buffer.byteLength(listed)) return listed;
	return await fetchedValue(run, reference, name, property);
}

/**
 * GET /pages/{id}/properties/{key}; the name is encoded twice: docs/vendor-facts.md#identifiers.
 */
async function fetchedValue(
	run: OperationContext,
	{ key, label }: PageReference,
	name: string,
	property: XmlElement,
): Promise<string> {
	const doing = `read the value of the property "${name}" of ${label}`;
	const path = `/pages/${key}/properties/${doubleEncode(name)}`;
	const response = await fileContent(run, { path, doing });
	const { status } = response;
	const contents = child(property, 'contents');
	const type = attribute(contents, 'type') ?? '';
	const served = String(response.headers['content-type'] ?? '');
	if (/html/i.test(served) && !/html/i.test(type)) {
		throw new ExpertError({ kind: 'html', status, doing });
	}
	const announced = { type, size: numberOf(attribute(contents, 'size')) };
	if (isOtherContent(announced, { type: served, size: response.bytes?.length ?? 0 })) {
		throw new ExpertError({ kind: 'unexpected', status, doing });
	}
	return decoded(response, served) ?? run.site.refuse(noText(name, type));
}

/** Text by its charset; `undefined` for bytes that are no text. */
function decoded({ bytes, body }: HttpResponse, type: string): string | undefined {
	const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
	try {
		return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(
			bytes ?? Buffer.from(body),
		);
	} catch {
		return undefined;
	}
}

function noText(name: string, type: string): UserMessage {
	return {
		message: `The property "${name}" contains ${type || 'something else'}, not text`,
		description: 'This node reads properties that contain text. Choose another property.',
	};
}
