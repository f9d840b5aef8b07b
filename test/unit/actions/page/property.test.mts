import { describe, expect, it } from 'vitest';

import { getPageProperty } from '../../../../nodes/CxoneExpert/actions/page/get-property.operation.ts';
import { setPageProperty } from '../../../../nodes/CxoneExpert/actions/page/set-property.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { page } from '../../../support/unit/property-samples.mts';

describe.each([getPageProperty, setPageProperty])('$name', (operation) => {
	it.each([
		['', '"Property Name" is empty'],
		['a*', '"Property Name" is not the name of one property'],
		['a,b', '"Property Name" is not the name of one property'],
		['a\nb', '"Property Name" is not the name of one property'],
		['a\u0007', '"Property Name" contains a character that cannot be sent to Expert: U+0007'],
	])('propertyNameField refuses the name %j before any call', async (name, message) => {
		const refused = await refusalOf(operation, { page, propertyName: name, value: 'x' });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
