import { describe, expect, it } from 'vitest';
import type { Simulator } from './index.mts';
import { ask, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

const save = '<content><body>x</body></content>';
const tags = '<tags><tag value="x"/></tags>';
const properties = '<properties><property name="x"><contents>y</contents></property></properties>';

type Row = [method: string, path: string, body?: string];

const reading: Row[] = [
	...['', '/info', '/contents', '/subpages', '/find', '/revisions', '/tags', '/properties'].map(
		(call): Row => ['GET', `/pages/2${call}`],
	),
	['GET', '/pages/2/files'],
	['GET', '/pages/2/properties/p'],
	['GET', '/files/1'],
	['GET', '/files/1/info'],
];

const writing: Row[] = [
	['POST', '/pages/2/contents?edittime=now', save],
	['PUT', '/pages/2/tags', tags],
	['PUT', '/pages/2/properties', properties],
	['PUT', '/pages/2/properties/q', 'x'],
	['PUT', '/pages/2/files/b.txt', 'x'],
	['POST', '/pages/2/copy?to=Copy'],
	['POST', '/pages/2/move?to=Moved'],
	['DELETE', '/pages/2/properties/p'],
	['DELETE', '/pages/2'],
];

async function withPage(): Promise<Simulator> {
	const simulator = await site();
	simulator.site.createPage('A', { title: 'Top secret', html: 'codeword' });
	simulator.site.attachFile('A', 'a.txt');
	simulator.site.setProperty('A', 'p', 'x');
	return simulator;
}

const statusOf = async (simulator: Simulator, [method, path, body]: Row, token: string) =>
	(await ask(simulator, method, path, { body, token })).status;

describe('rights', () => {
	it('readers can read everything, and Anonymous nothing', async () => {
		const simulator = await withPage();
		for (const row of reading) {
			expect([row, await statusOf(simulator, row, simulator.readerJwt)]).toEqual([row, 200]);
			expect([row, await statusOf(simulator, row, 'nobody')]).toEqual([row, 403]);
		}
		const query: Row = ['GET', '/site/query?q=x&notrack=true'];
		expect(await statusOf(simulator, query, 'nobody')).toBe(403);
	});

	it('authors can write, and readers cannot', async () => {
		const simulator = await withPage();
		for (const row of writing) {
			expect([row, await statusOf(simulator, row, simulator.readerJwt)]).toEqual([row, 403]);
			expect([row, await statusOf(simulator, row, simulator.editorJwt)]).toEqual([row, 200]);
		}
		const create: Row = ['POST', '/pages/=New/contents?edittime=now', save];
		expect(await statusOf(simulator, create, simulator.readerJwt)).toBe(403);
	});

	it('a missing right is reported in both error styles', async () => {
		const simulator = await withPage();
		const refused = async () =>
			(await ask(simulator, 'DELETE', '/pages/2', { token: simulator.readerJwt })).text;
		expect(await refused()).toMatch(/^<error><exception>.*<message>DELETE access is required</);
		simulator.settings.errorStyle = 'framework';
		expect(await refused()).toMatch(
			/^<error><status>403<\/status><title>Forbidden<\/title><message>DELETE access is required</,
		);
		const missing = await read(simulator, '/drafts/99/contents');
		expect(missing).toMatch(/^<error><status>404<.*<uri>http.*\/drafts\/99\/contents<\/uri>/);
	});
});

describe('private pages', () => {
	it('only Admins can access a private page', async () => {
		const simulator = await withPage();
		const { events } = simulator.site.restrictPage('A', 'Private');
		expect(elementAt(events, 0).xml).toMatch(/<previous\.restriction-id>1<.*<restriction-id>2</);
		for (const row of [...reading, ...writing]) {
			expect([row, await statusOf(simulator, row, simulator.editorJwt)]).toEqual([row, 403]);
		}
		for (const row of reading) {
			expect([row, await statusOf(simulator, row, simulator.longTermToken)]).toEqual([row, 200]);
		}
		simulator.site.restrictPage('A', 'Public');
		expect(await statusOf(simulator, elementAt(reading, 0), simulator.editorJwt)).toBe(200);
	});

	it('lists omit a private page, and its subpages do not name it as parent', async () => {
		const simulator = await withPage();
		simulator.site.createPage('A/Sub');
		simulator.site.createDraft('B');
		simulator.site.activateDraft('A');
		simulator.site.restrictPage('A', 'Private');
		const lists = [
			...['/pages/home/subpages', '/pages/home/find', '/site/query?q=codeword&notrack=true'],
			...['/drafts', '/pages/=A%252FSub'],
		];
		for (const path of lists) {
			const { status, text } = await ask(simulator, 'GET', path, { token: simulator.editorJwt });
			expect([path, status, text.includes('Top secret')]).toEqual([path, 200, false]);
			expect([path, (await read(simulator, path)).includes('Top secret')]).toEqual([path, true]);
		}
		expect(await read(simulator, '/pages/home/find')).toContain('<restriction>Private<');
	});
});

describe('tokens', () => {
	it('calls with an expired token are those of Anonymous', async () => {
		const simulator = await withPage();
		simulator.expireTokens();
		for (const token of [simulator.longTermToken, simulator.readerJwt, simulator.editorJwt]) {
			const who = await ask(simulator, 'GET', '/users/current', { token });
			expect(who.status).toBe(200);
			expect(who.text).toMatch(/^<user anonymous="true"/);
			expect(await statusOf(simulator, elementAt(reading, 0), token)).toBe(403);
		}
		simulator.settings.refuseBadTokens = true;
		expect(await statusOf(simulator, elementAt(reading, 0), simulator.longTermToken)).toBe(401);
	});
});

it('a fault replaces any response with a login page', async () => {
	const simulator = await withPage();
	simulator.faults.add({ match: { path: '/pages/', times: 1 }, effect: { body: 'login' } });
	const { status, headers, text } = await ask(simulator, 'GET', '/pages/2');
	expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
	expect(text).toMatch(/^<!DOCTYPE html>.*type="password"/s);
	expect(await read(simulator, '/pages/2')).toMatch(/^<page /);
});
