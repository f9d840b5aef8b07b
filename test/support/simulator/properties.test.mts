import { describe, expect, it } from 'vitest';
import { arrived, ask, each, listening, read, site } from '../unit/simulator-site.mts';

const editedBy = 'urn:custom.mindtouch.com#_editedby';
const key = 'urn%253Acustom.mindtouch.com%2523_editedby';
const one = `/pages/=A/properties/${key}`;

async function withPage() {
	const simulator = await site();
	simulator.site.createPage('A');
	return simulator;
}

describe('properties of a page', () => {
	it('properties are listed as in the sample, without long values', async () => {
		const simulator = await withPage();
		simulator.site.setProperty('A', editedBy, '[]', { at: new Date('2024-02-08T21:39:11Z') });
		simulator.site.setProperty('A', 'long', 'ü'.repeat(1025));
		const href = `${simulator.url}/@api/deki/pages/2/properties`;
		const text = await read(simulator, '/pages/=A/properties');
		expect(text).toMatch(/^<properties count="2" href="[^"]*\/pages\/2\/properties"><property /);
		expect(text).toContain(
			`<property revision="1" resid="3645" name="${editedBy}" href="${href}/${key}/info" etag="3645.r1_ts2024-02-08T21:39:11Z" resource-is-deleted="false" resource-rev-is-deleted="false"><contents type="text/plain; charset=utf-8" size="2" href="${href}/${key}">[]</contents><date.modified>2024-02-08T21:39:11Z</date.modified><change-description></change-description></property>`.replace(
				'<change-description></change-description>',
				'<change-description/>',
			),
		);
		expect(text).toMatch(/name="long".* size="2050" href="[^"]*\/long"\/>/);
		expect(await read(simulator, '/pages/=A/properties?contentcutoff=2050')).toContain('üü');
		expect(await read(simulator, '/pages/=A/properties?contentcutoff=1')).not.toContain('[]');
	});

	it('properties are filtered by name, with * at either end', async () => {
		const simulator = await withPage();
		for (const name of ['a.one', 'a.two', 'b.one', 'b.2*x']) {
			simulator.site.setProperty('A', name, '1');
		}
		const list = async (names: string) =>
			each(await read(simulator, `/pages/=A/properties?names=${names}`), / name="(.*?)"/g);
		expect(await list('a.*')).toEqual(['a.one', 'a.two']);
		expect(await list('*.one')).toEqual(['a.one', 'b.one']);
		expect(await list('a.two,b.one')).toEqual(['a.two', 'b.one']);
		expect(await list('aXone')).toEqual([]);
		expect(await list(encodeURIComponent('b.2*x'))).toEqual(['b.2*x']);
		expect(await list('b.2*y')).toEqual([]);
		simulator.site.setProperty('A', editedBy, '1');
		expect(await list(encodeURIComponent(editedBy))).toEqual([editedBy]);
	});

	it('properties are set together, each with its status', async () => {
		const simulator = await withPage();
		const endpoint = await listening(simulator, 'pageproperty_create', 'pageproperty_update');
		const property = (name: string, value: string) =>
			`<property name="${name}"><contents type="text/plain">${value}</contents></property>`;
		const set = (...properties: string[]) =>
			ask(simulator, 'PUT', '/pages/=A/properties', {
				body: `<properties>${properties.join('')}</properties>`,
			});
		const { text } = await set(property('nemesis', 'the Borg'), property(editedBy, 'ä &amp; ö'));
		expect(each(text, /<status code="(\d+)"\/>/g)).toEqual(['200', '200']);
		expect(await read(simulator, one)).toBe('ä & ö');
		await set(property('nemesis', 'Q'));
		expect(await read(simulator, '/pages/=A/properties/nemesis/info')).toContain(' revision="2"');
		expect((await arrived(simulator, endpoint)).sort()).toEqual([
			'PageProperty_Create',
			'PageProperty_Create',
			'PageProperty_Update',
		]);
		expect((await set('<property><contents>x</contents></property>')).status).toBe(400);
	});
});

describe('a single property', () => {
	const put = async (query = '', body = 'value', headers = {}) => {
		const simulator = await withPage();
		simulator.site.setProperty('A', editedBy, 'old', { at: new Date('2024-01-01T00:00:00Z') });
		const response = await ask(simulator, 'PUT', one + query, {
			body,
			headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
		});
		return { simulator, response };
	};

	it('a property is written, read, described and deleted', async () => {
		const { simulator, response } = await put('?description=why', 'wert: ü');
		expect(response.text).toMatch(/^<property revision="2" .*<change-description>why</);
		expect(await read(simulator, one)).toBe('wert: ü');
		expect(await read(simulator, `${one}/info`)).toContain(`name="${editedBy}"`);
		expect((await ask(simulator, 'DELETE', one)).status).toBe(200);
		for (const [method, path] of [
			['GET', one],
			['GET', `${one}/info`],
			['DELETE', one],
		] as const) {
			expect((await ask(simulator, method, path)).status).toBe(404);
		}
	});

	it('a property name must be encoded twice', async () => {
		const { simulator } = await put();
		const once = `/pages/=A/properties/${encodeURIComponent(editedBy)}`;
		expect((await ask(simulator, 'GET', once)).status).toBe(400);
	});

	it.each([
		['', {}, 200],
		['?etag=3645.r1_ts2024-01-01T00:00:00Z', {}, 200],
		['', { ETag: '3645.r1_ts2024-01-01T00:00:00Z' }, 200],
		['?etag=3645.r0_ts2024-01-01T00:00:00Z', {}, 409],
		['', { ETag: 'other' }, 409],
		['?etag=other&abort=never', {}, 200],
		['?abort=exists', {}, 409],
		['?abort=perhaps', {}, 400],
	])('a property written with %j and headers %j gets %i', async (query, headers, status) => {
		const { simulator, response } = await put(query, 'new', headers);
		expect(response.status).toBe(status);
		expect(await read(simulator, one)).toBe(status === 200 ? 'new' : 'old');
	});

	it('a property is not overwritten without its etag where the setting says so', async () => {
		const { simulator } = await put();
		simulator.settings.propertyWithoutEtag = 'refuse';
		expect((await ask(simulator, 'PUT', one, { body: 'x' })).status).toBe(409);
		expect((await ask(simulator, 'PUT', '/pages/=A/properties/new', { body: 'x' })).status).toBe(
			200,
		);
	});
});

it('properties can be read by readers and written by authors', async () => {
	const simulator = await withPage();
	simulator.site.setProperty('A', editedBy, 'x');
	const as = async (token: string, method: string, path: string) =>
		(await ask(simulator, method, path, { token, body: method === 'GET' ? undefined : 'y' }))
			.status;
	for (const path of ['/pages/=A/properties', one, `${one}/info`]) {
		expect(await as(simulator.readerJwt, 'GET', path)).toBe(200);
		expect(await as('nobody', 'GET', path)).toBe(403);
	}
	for (const method of ['PUT', 'DELETE'])
		expect(await as(simulator.readerJwt, method, one)).toBe(403);
	expect(await as(simulator.editorJwt, 'PUT', one)).toBe(200);
});
