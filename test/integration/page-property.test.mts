import { expect, it } from 'vitest';
import { byPath, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const get = (propertyName: unknown, page: unknown = byPath('A')) => ({
	parameters: { resource: 'page', operation: 'getProperty', page, propertyName } as never,
});
const set = (propertyName: unknown, value: unknown, more = {}) => ({
	parameters: {
		...{ resource: 'page', operation: 'setProperty', page: byPath('A') },
		...{ propertyName, value, ...more },
	} as never,
});

const KEY = 'urn:custom.mindtouch.com#_editedby';

async function siteWithPage() {
	const site = await openSite();
	const { page } = site.site.createPage('A');
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
	['other scripts', 'Größe 日本語 😀'],
	['no characters', ''],
	['the word true', 'true'],
	['more than the cut-off', 'ü'.repeat(100_000)],
	['exactly the cut-off', 'x'.repeat(2048)],
	['one more than the cut-off', 'x'.repeat(2049)],
])('Set Property and Get Property keep a value of %s unchanged', async (_what, value) => {
	const { site, page } = await siteWithPage();
	const [made] = await outputOf(site, set(KEY, value));
	expect(made).toMatchObject({ value });
	expect(page.properties.get(KEY)!.value).toBe(value);
	const [got] = await outputOf(site, get(KEY));
	expect(got).toMatchObject({ value, size: Buffer.byteLength(value) });
});

it.each(['a/b?c=d&e%20f', 'Größe 日本語', 'a+b "c" <d>', "it's (x)!~"])(
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
	const options = { contentType: 'application/json; charset=utf-8' };
	const input = [{ json: { data: { list: [1, 'ü'] } } }];
	await runNode(site, { ...set(KEY, '={{ $json.data }}', { options }), input });
	expect(page.properties.get(KEY)).toMatchObject({
		value: '{"list":[1,"ü"]}',
		type: 'application/json; charset=utf-8',
	});
});

it('Get Property reports a missing property', async () => {
	const { site } = await siteWithPage();
	const refusal = await refusalOf(site, get(KEY));
	expect(refusal.message).toBe(`There is no property "${KEY}" at page "A"`);
	site.site.setProperty('A', KEY.toUpperCase(), 'x');
	const misspelled = await refusalOf(site, get(KEY));
	expect(misspelled.description).toContain(KEY.toUpperCase());
});

it('Set Property reports an empty value expression and sets nothing', async () => {
	const { site, page } = await siteWithPage();
	site.site.setProperty('A', KEY, 'x');
	const refusal = await refusalOf(site, set(KEY, '={{ $json.nothing }}'));
	expect(refusal.message).toBe("'Value' is empty");
	expect(page.properties.get(KEY)!.value).toBe('x');
});

it('Get Property does not accept a sign-in page as a long value', async () => {
	const { site } = await siteWithPage();
	site.site.setProperty('A', KEY, 'x'.repeat(5000));
	site.faults.add({ match: { path: '/properties/urn' }, effect: { status: 200, body: 'html' } });
	const refusal = await refusalOf(site, get(KEY));
	expect(refusal.message).toContain('a web page instead of the value');
});

it.each(['.', '..'])('Get Property and Set Property refuse the name %j', async (name) => {
	const { site } = await siteWithPage();
	for (const run of [get(name), set(name, 'x')]) {
		const { message } = await refusalOf(site, run);
		expect(message).toBe("'Property Name' is not the name of one property");
	}
	expect(site.apiCalls.map(({ path }) => path)).not.toContain('/@api/deki/pages/2');
});

it('Set Property says that a property is as it was before', async () => {
	const { site } = await siteWithPage();
	site.site.setProperty('A', KEY, 'old');
	const listed = await site.ask('GET', '/pages/=A/properties');
	const body = { raw: listed.body };
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 200, body } });
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
