import { expect, it } from 'vitest';
import { byPath, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const property = (operation: string, propertyName: unknown, more: object) => ({
	parameters: {
		...{ resource: 'page', operation, page: byPath('A'), propertyName },
		...more,
	} as never,
});
const get = (propertyName: unknown) => property('getProperty', propertyName, {});
const set = (propertyName: unknown, value: unknown, more = {}) =>
	property('setProperty', propertyName, { value, ...more });

const KEY = 'urn:custom.mindtouch.com#_editedby';

async function siteWithPage(value?: string) {
	const site = await openSite();
	const { page } = site.site.createPage('A');
	if (value !== undefined) site.site.setProperty('A', KEY, value);
	return { site, page };
}

it('Get Property returns what Set Property has set', async () => {
	const { site, page } = await siteWithPage();
	const made = await outputOf(site, set(KEY, '["a"]'));
	expect(made).toMatchObject([{ page: { id: String(page.id) }, name: KEY, value: '["a"]', revision: 1, size: 5 }]);
	const [changed] = await outputOf(site, set(KEY, 'two'));
	expect(changed).toMatchObject({ value: 'two', revision: 2 });
	const got = await outputOf(site, get(KEY));
	expect(got).toMatchObject([{ name: KEY, value: 'two', type: 'text/plain; charset=utf-8', size: 3, revision: 2 }]);
	expect(got[0]!.modifiedAt).toMatch(/^\d{4}-.*Z$/);
	expect(got[0]!.etag).toEqual(expect.any(String));
	expectSchema('page', 'setProperty', [...made, changed!]);
	expectSchema('page', 'getProperty', got);
});

it.each([
	['markup and entities', '<b>&amp;lt; ]]> "x"</b>'],
	['white space around it', '  \n x \t\n'],
	['carriage returns', 'a\r\nb\rc'],
	['no characters', ''],
	['more than the cut-off', 'ü日😀'.repeat(30_000)],
	['exactly the cut-off', 'x'.repeat(2048)],
	['one more than the cut-off', 'x'.repeat(2049)],
])('Set Property and Get Property keep a value of %s unchanged', async (_what, value) => {
	const { site, page } = await siteWithPage();
	expect(await outputOf(site, set(KEY, value))).toMatchObject([{ value }]);
	expect(page.properties.get(KEY)!.value).toBe(value);
	const [got] = await outputOf(site, get(KEY));
	expect(got).toMatchObject({ value, size: Buffer.byteLength(value) });
});

it.each(['a/b?c=d&e%20f', 'Größe 日本語', `a+b "c" <d> it's (x)!~`])(
	'Set Property and Get Property work with the key %s',
	async (key) => {
		const { site, page } = await siteWithPage();
		const value = 'x'.repeat(3000);
		await outputOf(site, set(key, value));
		expect([...page.properties.keys()]).toEqual([key]);
		expect(await outputOf(site, get(key))).toMatchObject([{ name: key, value }]);
	},
);

it('Set Property stores JSON with the given type', async () => {
	const { site, page } = await siteWithPage();
	const type = 'application/json; charset=utf-8';
	const run = set(KEY, '={{ $json.data }}', { options: { contentType: type } });
	await runNode(site, { ...run, input: [{ json: { data: { list: [1, 'ü'] } } }] });
	expect(page.properties.get(KEY)).toMatchObject({ value: '{"list":[1,"ü"]}', type });
});

it('Set Property reports an empty value expression and sets nothing', async () => {
	const { site, page } = await siteWithPage('x');
	const { message } = await refusalOf(site, set(KEY, '={{ $json.nothing }}'));
	expect(message).toBe("'Value' is empty");
	expect(page.properties.get(KEY)!.value).toBe('x');
});

it('Get Property and Set Property refuse the name ".."', async () => {
	const { site } = await siteWithPage();
	for (const run of [get('..'), set('..', 'x')]) {
		const { message } = await refusalOf(site, run);
		expect(message).toBe("'Property Name' is not the name of one property");
	}
	expect(site.apiCalls.filter(({ path }) => path.includes('/pages'))).toEqual([]);
});

it('Set Property says that a property is as it was before', async () => {
	const { site } = await siteWithPage('old');
	const { body: raw } = await site.ask('GET', '/pages/=A/properties');
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 200, body: { raw } } });
	const { message } = await refusalOf(site, set(KEY, 'new'));
	expect(message).toBe('Expert did not confirm that the property was set');
	expect(await outputOf(site, set(KEY, 'old'))).toHaveLength(1);
});

it('Set Property goes by the last of several properties of one name, and so does Get Property', async () => {
	const { site } = await siteWithPage();
	const of = (etag: string, value: string) =>
		`<property name="${KEY}" etag="${etag}"><contents type="text/plain" size="${value.length}">${value}</contents></property>`;
	const body = { raw: `<properties count="2">${of('1.r1', 'a')}${of('2.r1', 'b')}</properties>` };
	site.faults.add({ match: { method: 'GET', path: /properties$/ }, effect: { status: 200, body } });
	expect(await outputOf(site, get(KEY))).toMatchObject([{ value: 'b', etag: '2.r1' }]);
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 409 } });
	const { message, description } = await refusalOf(site, set(KEY, 'new'));
	expect(site.apiCalls.at(-1)!.body).toContain('etag="2.r1"');
	expect(message).toContain('The page has 2 properties of this name');
	expect(description).toContain('Remove all but one of them in Expert');
});
