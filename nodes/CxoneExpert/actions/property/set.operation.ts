import { siteWords } from '../../api/client';
import { assertUnderstood, compact } from '../../api/elements';
import { ExpertError, refuseWithout, unconfirmed, type UserMessage } from '../../api/expert-error';
import { secretsOf } from '../../api/redact';
import { attribute, child, children, textOf, writeXml, type XmlElement } from '../../api/xml';
import { adviceIfEmpty, type Field, optionsField, refuse, textField, xmlText } from '../../parameters/field';
import { isCut } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { OWN, pageCall, pageToChange } from '../find-page';
import { targetPage } from '../page-field';
import type { PageReference } from '../page-reference';
import {
	listProperty,
	propertiesNamed,
	propertyItem,
	propertyNamed,
	propertyNameField,
	readingProperty,
} from './property';

/** Empty text is a value; nothing at all is not. */
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
				message: "'Value' is empty",
				...adviceIfEmpty("Enter a value in the field 'Value'.", 'Pass a value.'),
			});
		}
		const text = typeof entered === 'object' ? JSON.stringify(entered) : String(entered);
		return isCut(text) ? refuse(CUT) : xmlText(text, 'Value');
	},
};

const CUT: UserMessage = {
	message: "'Value' is a text that was cut, so nothing was saved",
	description: "The rest of the value would be lost. Read all of it: raise 'Limit of Characters' of Get Property.",
	toModel: 'The rest of the value would be lost. Pass a value that is whole.',
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
 * PUT /pages/{id}/properties, which creates or replaces. The etag of an existing property goes along: the
 * public code of the API's predecessor demands it, and a concurrent change fails instead of being overwritten.
 */
export const setPageProperty = defineOperation({
	value: 'setProperty',
	name: 'Set Property',
	action: 'Set property of page',
	description: 'Set the value of a property of a page, which is created if it does not exist',
	fields: { page: targetPage, propertyName: propertyNameField, value: valueField, options },
	async run(run, { page: named, propertyName, value, options }) {
		const page = await pageToChange(run, named);
		const { etag, count } = await currentProperty(run, page, propertyName);
		const changed = count > 1 ? severalOf(count) : CHANGED;
		const doing = `set the property "${propertyName}" of`;
		const call = pageCall('PUT', page, '/properties', doing, { 409: changed });
		const body = propertyXml(propertyName, value, options.contentType || DEFAULT_TYPE, etag);
		const properties = await run.site.read({ ...call, body }, 'properties');
		const property = propertyNamed(properties, propertyName);
		if (property === undefined) throw unconfirmed(UNCONFIRMED, 'properties/property/@name');
		refuseUnset(run, property, call.doing, changed);
		const isAsBefore = etag !== undefined && attribute(property, 'etag') === etag;
		const isSame = (textOf(property, 'contents') ?? '') === value.trim();
		if (isAsBefore && !isSame) throw unconfirmed(UNCONFIRMED);
		return outputs([propertyItem(page, properties, property, value)]);
	},
});

/** Finds the property; a new one has no `etag`. */
async function currentProperty(
	run: OperationContext,
	page: PageReference,
	name: string,
): Promise<{ etag?: string; count: number }> {
	const doing = `${readingProperty(name)} ${page.label}`;
	const listed = await listProperty(run, page, name, OWN);
	const named = children(listed, 'property').filter((each) => attribute(each, 'name'));
	assertUnderstood(listed, named.length, 'properties/property/@name', doing);
	const found = propertiesNamed(listed, name);
	const count = found.length;
	if (count === 0) return { count };
	const etag = attribute(found.at(-1), 'etag');
	return { etag: etag ?? refuseWithout('properties/property/@etag', doing), count };
}

/** XML parsing turns an unescaped carriage return into a line feed. */
function propertyXml(name: string, value: string, type: string, etag: string | undefined): string {
	const contents = { '@type': type, '#text': value };
	const property = compact({ '@name': name, '@etag': etag, contents }) as XmlElement;
	return writeXml('properties', { property }).replaceAll('\r', '&#13;');
}

/** A successful call can contain a refused property. */
function refuseUnset(run: OperationContext, property: XmlElement, doing: string, changed: UserMessage): void {
	const result = child(property, 'status');
	const status = Number(attribute(result, 'code') ?? 200);
	if (status === 200) return;
	const said = textOf(result) ?? textOf(child(result, 'error'), 'message');
	const siteMessage = siteWords(said, secretsOf(run.site.credential));
	const messages = { [status]: NOT_SET, 409: changed };
	throw new ExpertError({ kind: 'http-status', status, doing, messages, siteMessage });
}

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the property was set',
	description: 'Read the property to see whether it has the new value, and set it again if not.',
};

const NOT_SET: UserMessage = {
	message: 'Expert did not set the property',
	description: "Check its name, its value and the option 'Content Type'.",
	toModel: 'Check its name and its value.',
};

/** Explains several properties of one name: sites let two runs make them at the same moment. */
const severalOf = (count: number): UserMessage => ({
	message: `The page has ${count} properties of this name, and the site changes none of them`,
	description: 'Nothing was set. Remove all but one of them in Expert, then run the node again.',
	toModel: 'Nothing was set. Tell the person to remove all but one of them in Expert.',
});

const CHANGED: UserMessage = {
	message: 'The property was changed by somebody else at the same moment',
	description: 'Nothing was set. Run the node again.',
	toModel: 'Nothing was set. Try again.',
};
