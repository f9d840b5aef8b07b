import { describe, expect, it } from 'vitest';
import { ask, each, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

const day = (number: number) => new Date(`2024-02-0${number}T10:00:00Z`);

/** A page with three revisions of three days and two authors. */
async function edited() {
	const simulator = await site();
	const { pageId } = simulator.site.createPage('Guide', {
		...{ title: 'First', html: '<p>one two three</p>', by: 'editor', at: day(1) },
	});
	simulator.site.editPage(pageId, { html: '<p>one</p>', at: day(2), comment: 'shorter' });
	simulator.site.editPage(pageId, { html: '<p>one four</p>', title: 'Third', at: day(3) });
	return { simulator, pageId };
}

describe('revisions of a page', () => {
	it('revisions are listed newest first, as in the sample', async () => {
		const { simulator, pageId } = await edited();
		const text = await read(simulator, `/pages/${pageId}/revisions?limit=50&offset=0`);
		expect(text).toMatch(/^<pages><page /);
		expect(each(text, / revision="(\d)"/g)).toEqual(['3', '2', '1']);
		expect(each(text, /<date\.edited>(.*?)</g)).toEqual(
			[3, 2, 1].map((number) => `2024-02-0${number}T10:00:00Z`),
		);
		expect(each(text, /<description>(.*?)</g)).toEqual([
			'1 words added',
			'shorter; 2 words removed',
			'3 words added',
		]);
		expect(each(text, /<title>(.*?)</g)).toEqual(['Third', 'First', 'First']);
		expect(each(text, /<user\.author .*?<username>(.*?)</g)).toEqual(['admin', 'admin', 'editor']);
		expect(each(text, /<timeuuid>[\da-f]{8}-[\da-f]{4}-(1)/g)).toHaveLength(3);
		const href = `${simulator.url}/@api/deki/pages/${pageId}/contents?revision=3&amp;redirects=0`;
		expect(text).toContain(`<contents type="application/vnd.deki1410+xml" href="${href}"/>`);
	});

	it('revisions are listed in parts', async () => {
		const { simulator, pageId } = await edited();
		const numbers = async (query: string) =>
			each(await read(simulator, `/pages/${pageId}/revisions?${query}`), / revision="(\d+)"/g);
		expect(await numbers('limit=2&offset=0')).toEqual(['3', '2']);
		expect(await numbers('limit=2&offset=2')).toEqual(['1']);
		expect(await numbers('limit=all&offset=1')).toEqual(['2', '1']);
		for (let count = 0; count < 60; count++) simulator.site.editPage(pageId);
		expect(await numbers('')).toHaveLength(50);
		expect(await numbers('limit=all')).toHaveLength(63);
		const wrong = await ask(simulator, 'GET', `/pages/${pageId}/revisions?limit=few`);
		expect(wrong.status).toBe(400);
	});

	it('a single revision is shown in a list or alone, as the setting says', async () => {
		const { simulator, pageId } = await edited();
		const path = `/pages/${pageId}/revisions?revision=2`;
		expect(await read(simulator, path)).toMatch(/^<pages><page [^>]*revision="2"/);
		simulator.settings.singleRevisionRoot = 'page';
		expect(await read(simulator, path)).toMatch(/^<page [^>]*revision="2"/);
		expect((await ask(simulator, 'GET', path.replace('=2', '=4'))).status).toBe(404);
	});

	it('an old revision has its own text, title, author and date', async () => {
		const { simulator, pageId } = await edited();
		expect(await read(simulator, `/pages/${pageId}/contents?revision=1`)).toMatch(
			/^<content revision="1" type="text\/html" title="First"><body>&lt;p&gt;one two three/,
		);
		const page = await read(simulator, `/pages/${pageId}?revision=1`);
		expect(page).toMatch(/ revision="1">.*<title>First</);
		expect(page).toMatch(/<user\.author .*?<username>editor</);
		expect(page).toContain('<date.edited>2024-02-01T10:00:00Z</date.edited>');
		const [timeuuid] = each(page, /<timeuuid>(.*?)</g);
		expect(await read(simulator, `/pages/${pageId}/revisions?revision=1`)).toContain(timeuuid);
		expect((await ask(simulator, 'GET', `/pages/${pageId}?revision=9`)).status).toBe(404);
		expect((await ask(simulator, 'GET', `/pages/${pageId}/contents?revision=x`)).status).toBe(400);
	});

	it('a page counts its revisions, and an implicitly created parent has none', async () => {
		const { simulator, pageId } = await edited();
		expect(await read(simulator, `/pages/${pageId}`)).toContain('<revisions count="3"');
		simulator.site.createPage('Made/By_itself');
		expect(await read(simulator, '/pages/=Made')).toMatch(/ revision="0">.*<revisions count="0"/);
	});

	it('a save over the API becomes a revision with its comment', async () => {
		const { simulator, pageId } = await edited();
		const body = '<content><body><p>a b c</p></body></content>';
		const path = `/pages/${pageId}/contents?edittime=now&comment=longer`;
		const saved = await ask(simulator, 'POST', path, { body, token: simulator.editorJwt });
		expect(saved.text).toMatch(/^<edit status="success"><page [^>]*revision="4"/);
		const text = await read(simulator, `/pages/${pageId}/revisions?limit=1`);
		expect(text).toMatch(/<username>editor<.*<description>longer; 1 words added</);
	});
});

it('changes and their events get the given time', async () => {
	const simulator = await site();
	const { events, pageId } = simulator.site.createPage('A', { at: day(1) });
	expect(elementAt(events, 0).xml).toContain('datetime="2024-02-01T10:00:00Z"');
	const tagged = simulator.site.tagPage(pageId, { add: ['x'], at: day(2) });
	const moved = simulator.site.movePage(pageId, 'B', { at: day(3) });
	const times = [tagged, moved].map(({ events: [event] }) => event?.at);
	expect(times).toEqual([day(2), day(3)]);
	const text = await read(simulator, `/pages/${pageId}`);
	expect(text).toContain('<date.created>2024-02-01T10:00:00Z</date.created>');
	expect(text).toContain('<date.edited>2024-02-01T10:00:00Z</date.edited>');
	expect(text).toContain('<date.modified>2024-02-03T10:00:00Z</date.modified>');
});
