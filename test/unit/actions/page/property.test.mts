import { describe, expect, it } from 'vitest';

import { getPageProperty } from '../../../../nodes/CxoneExpert/actions/page/get-property.operation.ts';
import { setPageProperty } from '../../../../nodes/CxoneExpert/actions/page/set-property.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.4. */
const LISTED =
	'<properties count="1" href="https://site.example/@api/deki/pages/141/properties"><property revision="6" resid="61" name="urn:custom.mindtouch.com#_editedby" href="https://site.example/@api/deki/pages/141/properties/urn%253Acustom.mindtouch.com%2523_editedby/info" etag="61.r6_ts2024-02-08T21:39:11Z" resource-is-deleted="false" resource-rev-is-deleted="false"><contents type="text/plain; charset=utf-8" size="2" href="https://site.example/@api/deki/pages/141/properties/urn%253Acustom.mindtouch.com%2523_editedby">[]</contents><date.modified>2024-02-08T21:39:11Z</date.modified><change-description></change-description></property></properties>';
const NONE = '<properties count="0" href="https://site.example/@api/deki/pages/141/properties"/>';
const SET = LISTED.replace('</property>', '<status code="200"/></property>');

const key = 'urn:custom.mindtouch.com#_editedby';
const page = { mode: 'path', value: 'A' };
const PATH = '/pages/=A/properties';

const ITEM = {
	page: { id: '141' },
	key,
	value: '[]',
	type: 'text/plain; charset=utf-8',
	size: 2,
	revision: 6,
	modifiedAt: '2024-02-08T21:39:11Z',
	etag: '61.r6_ts2024-02-08T21:39:11Z',
};

describe('get', () => {
	it('asks for one name and gives the property', async () => {
		const { items, calls } = await runOperation(getPageProperty, { page, key: ` ${key} ` }, [
			LISTED,
		]);
		expect(calls.map(withQuery)).toEqual([{ method: 'GET', path: PATH, query: { names: key } }]);
		expect(items).toEqual([ITEM]);
	});

	it.each([
		['longer than the cut-off', '', 5000, 'x'.repeat(5000)],
		['with white space around it', 'x', 3, ' x\n'],
		['with carriage returns', 'a\nb', 4, 'a\r\nb'],
		['of many bytes', '', 3000, '日'.repeat(1000)],
	])('fetches a value %s by itself', async (_what, listed, size, value) => {
		const list = LISTED.replace('size="2"', `size="${size}"`).replace('>[]<', `>${listed}<`);
		const raw = { type: 'text/plain; charset=utf-8', body: value };
		const { items, calls } = await runOperation(getPageProperty, { page, key }, [list, raw]);
		expect(withQuery(calls[1]!)).toEqual({
			method: 'GET',
			path: `${PATH}/urn%253Acustom.mindtouch.com%2523_editedby`,
			query: { nocache: 'true' },
		});
		expect(items).toEqual([{ ...ITEM, size, value }]);
	});

	it('reads a fetched value by its charset', async () => {
		const list = LISTED.replace('size="2"', 'size="1"').replace('[]', '');
		const raw = { type: 'text/plain; charset="ISO-8859-1"', body: Buffer.from([0xe9]) };
		const { items } = await runOperation(getPageProperty, { page, key }, [list, raw]);
		expect(items[0]).toMatchObject({ value: 'é' });
	});

	it('fetches a value of which the list says neither size nor kind', async () => {
		const list = LISTED.replace(/<contents [^>]*>\[\]<\/contents>/, '');
		const answers = [list, { type: 'application/octet-stream', body: 'x' }];
		const { items } = await runOperation(getPageProperty, { page, key }, answers);
		expect(items[0]).toMatchObject({ value: 'x' });
		const bytes = { type: 'application/octet-stream', body: Buffer.from([0xff]) };
		const refusal = await refusalOf(getPageProperty, { page, key }, [list, bytes]);
		expect(refusal.message).toContain('holds no text but something else');
	});

	it('gives an empty value', async () => {
		const list = LISTED.replace('size="2"', 'size="0"').replace('[]', '');
		const { items } = await runOperation(getPageProperty, { page, key }, [list]);
		expect(items[0]).toMatchObject({ value: '', size: 0 });
	});

	it('takes the one with exactly this name', async () => {
		const other = LISTED.replaceAll('_editedby', '_EditedBy').replace('[]', '{}');
		const [start, end] = [LISTED.indexOf('<property '), LISTED.indexOf('</properties>')];
		const both = other.replace('</properties>', LISTED.slice(start, end) + '</properties>');
		expect((await runOperation(getPageProperty, { page, key }, [both])).items).toEqual([ITEM]);
		const refused = await refusalOf(getPageProperty, { page, key }, [other]);
		expect(refused.message).toBe(`There is no property "${key}" at page "A"`);
		expect(refused.description).toContain('"urn:custom.mindtouch.com#_EditedBy"');
	});

	it('says that there is none', async () => {
		const refused = await refusalOf(getPageProperty, { page, key }, [NONE]);
		expect(refused.message).toBe(`There is no property "${key}" at page "A"`);
	});

	const long = LISTED.replace('size="2"', 'size="3"');

	it('does not take a sign-in page for the value', async () => {
		const html = { type: 'text/html', body: '<html><body>Sign in</body></html>' };
		const refused = await refusalOf(getPageProperty, { page, key }, [long, html]);
		expect(refused.message).toContain('returned a web page');
	});

	it('gives a value that is a web page', async () => {
		const list = long.replace('text/plain', 'text/html');
		const html = { type: 'text/html; charset=utf-8', body: '<p>' };
		const { items } = await runOperation(getPageProperty, { page, key }, [list, html]);
		expect(items[0]).toMatchObject({ value: '<p>', type: 'text/html; charset=utf-8' });
	});

	it('says when the value is no text', async () => {
		const list = long.replace('text/plain; charset=utf-8', 'image/png');
		const png = { type: 'image/png', body: Buffer.from([0x89, 0x50, 0xff]) };
		const refused = await refusalOf(getPageProperty, { page, key }, [list, png]);
		expect(refused.message).toContain('holds no text but image/png');
	});
});

describe('set', () => {
	const page = { mode: 'id', value: '141' };
	const PATH = '/pages/141/properties';

	it('makes a property as the sample does', async () => {
		const { items, calls } = await runOperation(setPageProperty, { page, key, value: '[]' }, [
			NONE,
			SET,
		]);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: PATH, query: { names: key, redirects: '0' } },
			{
				method: 'PUT',
				path: PATH,
				query: { redirects: '0' },
				type: 'application/xml; charset=utf-8',
				body: `<properties><property name="${key}"><contents type="text/plain; charset=utf-8">[]</contents></property></properties>`,
			},
		]);
		expect(items).toEqual([ITEM]);
	});

	it('replaces the value that it has seen', async () => {
		const options = { contentType: 'application/json' };
		const { calls } = await runOperation(setPageProperty, { page, key, value: '[]', options }, [
			LISTED,
			SET,
		]);
		expect(calls[1]!.body).toBe(
			`<properties><property name="${key}" etag="61.r6_ts2024-02-08T21:39:11Z"><contents type="application/json">[]</contents></property></properties>`,
		);
	});

	it.each([
		['a text as it is', ' <b>&amp;"]]>\r\n😀 ', ' &lt;b&gt;&amp;amp;&quot;]]&gt;&#13;\n😀 '],
		['an empty text', '', ''],
		['a number', 0, '0'],
		['yes or no', false, 'false'],
		['an object', { a: [1] }, '{&quot;a&quot;:[1]}'],
	])('sends %s', async (_what, value, written) => {
		const { calls } = await runOperation(setPageProperty, { page, key, value }, [NONE, SET]);
		expect(calls[1]!.body).toContain(`>${written}</contents>`);
	});

	it('gives the value that was set, also when the answer leaves it out', async () => {
		const value = 'x'.repeat(5000);
		const { items } = await runOperation(setPageProperty, { page, key, value }, [NONE, SET]);
		expect(items[0]).toMatchObject({ value });
	});

	it.each([
		['409', 'was changed by somebody else'],
		['403', 'did not set the property'],
		['400', 'did not set the property'],
	])('status %s within the answer is told', async (code, message) => {
		const status = `<status code="${code}">No, secret-token</status>`;
		const body = `<properties><property name="${key}">${status}</property></properties>`;
		const answer = { status: 207, body };
		const refused = await refusalOf(setPageProperty, { page, key, value: 'x' }, [NONE, answer]);
		expect(refused.message).toContain(message);
		expect(refused.message).toContain(`(${code})`);
		expect(refused.description).toContain('The site said: No, [hidden]');
	});

	it('an answer without the property is no confirmation', async () => {
		const refused = await refusalOf(setPageProperty, { page, key, value: 'x' }, [NONE, NONE]);
		expect(refused.message).toBe('Expert did not confirm that the property was set');
	});

	it.each([
		[{ value: undefined }, '"Value" is empty'],
		[{ value: null }, '"Value" is empty'],
		[{ value: 'a\u0000' }, '"Value" holds a character that cannot be sent to Expert: U+0000'],
	])('%j makes no call', async (parameters, message) => {
		const refused = await refusalOf(setPageProperty, { page, key, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});

describe.each([getPageProperty, setPageProperty])('$name', (operation) => {
	it.each([
		['', '"Key" is empty'],
		['a*', '"Key" is not the name of one property'],
		['a,b', '"Key" is not the name of one property'],
		['a\nb', '"Key" is not the name of one property'],
		['a\u0007', '"Key" holds a character that cannot be sent to Expert: U+0007'],
	])('the key %j makes no call', async (name, message) => {
		const refused = await refusalOf(operation, { page, key: name, value: 'x' });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
