import { describe, expect, it } from 'vitest';

import { getPageProperty } from '../../../../nodes/CxoneExpert/actions/page/get-property.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { LISTED, NONE, propertyName, page, ITEM } from '../../../support/unit/property-samples.mts';

const PATH = '/pages/=A/properties';

describe('getPageProperty', () => {
	it.each([
		['longer than the cut-off', '', 5000, 'x'.repeat(5000)],
		['with white space around it', 'x', 3, ' x\n'],
		['with carriage returns', 'a\nb', 4, 'a\r\nb'],
		['of many bytes', '', 3000, '日'.repeat(1000)],
	])('getPageProperty fetches a value %s by itself', async (_what, listed, size, value) => {
		const list = LISTED.replace('size="2"', `size="${size}"`).replace('>[]<', `>${listed}<`);
		const raw = { type: 'text/plain; charset=utf-8', body: value };
		const { items, calls } = await runOperation(getPageProperty, { page, propertyName }, [
			list,
			raw,
		]);
		expect(withQuery(calls[1]!)).toEqual({
			method: 'GET',
			path: `${PATH}/urn%253Acustom.mindtouch.com%2523_editedby`,
			query: { nocache: 'true' },
		});
		expect(items).toEqual([{ ...ITEM, size, value }]);
	});

	it('getPageProperty decodes a fetched value by its charset', async () => {
		const list = LISTED.replace('size="2"', 'size="1"').replace('[]', '');
		const raw = { type: 'text/plain; charset="ISO-8859-1"', body: Buffer.from([0xe9]) };
		const { items } = await runOperation(getPageProperty, { page, propertyName }, [list, raw]);
		expect(items[0]).toMatchObject({ value: 'é' });
	});

	it('getPageProperty fetches a value whose size and type the list leaves out', async () => {
		const list = LISTED.replace(/<contents [^>]*>\[\]<\/contents>/, '');
		const responses = [list, { type: 'application/octet-stream', body: 'x' }];
		const { items } = await runOperation(getPageProperty, { page, propertyName }, responses);
		expect(items[0]).toMatchObject({ value: 'x' });
		const bytes = { type: 'application/octet-stream', body: Buffer.from([0xff]) };
		const refusal = await refusalOf(getPageProperty, { page, propertyName }, [list, bytes]);
		expect(refusal.message).toContain('contains something else, not text');
	});

	it('getPageProperty returns an empty value', async () => {
		const list = LISTED.replace('size="2"', 'size="0"').replace('[]', '');
		const { items } = await runOperation(getPageProperty, { page, propertyName }, [list]);
		expect(items[0]).toMatchObject({ value: '', size: 0 });
	});

	it('getPageProperty picks the property with exactly this name', async () => {
		const other = LISTED.replaceAll('_editedby', '_EditedBy').replace('[]', '{}');
		const [start, end] = [LISTED.indexOf('<property '), LISTED.indexOf('</properties>')];
		const both = other.replace('</properties>', LISTED.slice(start, end) + '</properties>');
		expect((await runOperation(getPageProperty, { page, propertyName }, [both])).items).toEqual([
			ITEM,
		]);
		const refused = await refusalOf(getPageProperty, { page, propertyName }, [other]);
		expect(refused.message).toBe(`There is no property "${propertyName}" at page "A"`);
		expect(refused.description).toContain('"urn:custom.mindtouch.com#_EditedBy"');
	});

	it('getPageProperty says that there is no such property', async () => {
		const refused = await refusalOf(getPageProperty, { page, propertyName }, [NONE]);
		expect(refused.message).toBe(`There is no property "${propertyName}" at page "A"`);
	});

	const long = LISTED.replace('size="2"', 'size="3"');

	it('getPageProperty says when the value is not text', async () => {
		const list = long.replace('text/plain; charset=utf-8', 'image/png');
		const png = { type: 'image/png', body: Buffer.from([0x89, 0x50, 0xff]) };
		const refused = await refusalOf(getPageProperty, { page, propertyName }, [list, png]);
		expect(refused.message).toContain('contains image/png, not text');
	});
});
