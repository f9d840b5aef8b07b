import { attribute, children, type XmlElement } from '../../api/xml';
import { page } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { keyField } from './fields';
import { listProperty, propertyItem, propertyKey, propertyNamed } from './property';
import { propertyValue } from './property-value';

/** GET /pages/{id}/properties: one of them, with its whole value. */
export const getPageProperty: Operation = {
	value: 'getProperty',
	name: 'Get Property',
	action: 'Get a property of a page',
	description: 'Get one property of a page with its value',
	fields: [page, keyField],
	async run(run) {
		const reference = run.page();
		const name = propertyKey(run);
		const properties = await listProperty(run, reference, name);
		const property = propertyNamed(properties, name);
		if (property === undefined) return refuseUnknown(run, properties, name, reference.label);
		const value = await propertyValue(run, reference, property);
		return outputs([propertyItem(reference, properties, property, value)]);
	},
};

function refuseUnknown(
	{ site }: OperationContext,
	properties: XmlElement,
	name: string,
	label: string,
): never {
	const [other] = children(properties, 'property');
	const spelled = attribute(other, 'name');
	return site.refuse({
		message: `There is no property "${name}" at ${label}`,
		description:
			spelled === undefined
				? 'Check the name: it must be whole, and upper and lower case matter. A property that was never set does not exist.'
				: `Upper and lower case matter: the page has "${spelled}".`,
	});
}
