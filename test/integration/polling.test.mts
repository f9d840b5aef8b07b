import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import { log } from '../support/integration/log.mts';
import { NodeApiError } from '../support/integration/n8n.mts';
import { forgetModules } from '../support/integration/package-under-test.mts';
import { setDates } from '../support/integration/recovery.mts';
import { ago, ALL, oldSite, Poller, published, rowOf } from '../support/integration/polling.mts';
import { credentialFor, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { actionTimeout } from '../support/integration/timeout.mts';
import type { FaultEffect, Simulator } from '../support/simulator/index.mts';

useScenes();

const EVERY = { events: ALL.slice(1) };
const EDITS = { events: ['pagecontent_update'] };
const CREATED = { events: ['page_create'] };

const HOUR_MS = 3_600_000;

function pass(site: Simulator, ms: number): void {
	site.settings.clockSkewMs += ms;
	passTime(ms);
}

/** A workflow that was published some hours ago. */
async function open(parameters: IDataObject = CREATED): Promise<[Simulator, Poller]> {
	const site = await oldSite();
	return [site, await published(site, parameters)];
}

/** The token of a user without the Admin role. */
const editor = (site: Simulator) => ({ ...serverTokenFor(site), runAsUser: 'editor' });

describe('polling: each change once', () => {
	it('an item is that of the event, without what only a delivery has', async () => {
		const [site, poller] = await open();
		const at = ago(site, 30);
		const { pageId } = site.site.createPage('Guides/New', { title: 'New', at, by: 'editor' });
		const [item] = await poller.poll();
		expect(item).toEqual({
			...{ title: 'New', by: 'Edda Editor' },
			eventId: expect.stringMatching(new RegExp(`^[\\w-]{8}:c:${pageId}:\\d+$`)),
			eventType: 'page_create',
			eventName: 'Page Created',
			occurredAt: `${at.toISOString().slice(0, -5)}Z`,
			receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			language: 'en-US',
			page: {
				...{ id: `${pageId}`, path: 'Guides/New', title: 'New', revision: 1 },
				...{ draftState: 'inactive', url: `${site.url}/Guides/New` },
			},
			user: { id: '4', name: 'editor' },
		});
		expect(poller.outputs).toEqual([[item]]);
	});

	it('an execution that n8n runs again after a crash passes on the same', async () => {
		const [site, poller] = await open();
		site.site.createPage('Page', { at: ago(site, 10) });
		const items = (await poller.poll()).map((json) => ({ json }));
		await poller.execute(items, 'trigger', 'same');
		await poller.execute(items, 'retry');
		expect(poller.outputs.map(({ length }) => length)).toEqual([1, 0, 1]);
	});

	it('what n8n could not save comes with the next poll where n8n stores its place with the execution', async () => {
		const [site, poller] = await open();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		const { staticData } = poller.row;
		poller.losesExecutions = true;
		await poller.poll();
		poller.losesExecutions = false;
		// Neither is stored, and each poll has a context and a time of its own.
		poller.row.staticData = staticData;
		poller.budgetMs = 36_000;
		await poller.publish('update');
		expect(poller.came).toEqual([`page_create ${pageId}`]);
	});

	it('what a main process found and did not save comes when the one before it leads again', async () => {
		const site = await oldSite();
		const first = await published(site, CREATED);
		await first.poll();
		forgetModules();
		const second = new Poller(site, first.row);
		await second.publish('leadershipChange');
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		second.losesExecutions = true;
		await second.poll();
		await first.publish('leadershipChange');
		expect(first.came).toEqual([`page_create ${pageId}`]);
	});

	it('a publication that fails is no time in which the trigger was disabled', async () => {
		const [site, poller] = await open();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		site.faults.add({ match: { path: 'users/current' }, effect: { status: 401 } });
		await expect(poller.publishAgain()).rejects.toThrow('The site does not accept the token');
		site.faults.clear();
		pass(site, HOUR_MS / 2);
		await poller.publish('update');
		expect(poller.came).toEqual([`page_create ${pageId}`]);
	});

	it('a new trigger with the name of one that was removed begins anew', async () => {
		const [site, poller] = await open();
		site.site.createPage('Before', { at: ago(site, 30) });
		await poller.poll();
		site.site.createPage('Between', { at: ago(site, 20) });
		const node = { ...poller.row.node, id: randomUUID() };
		const other = new Poller(site, Object.assign(rowOf({}), poller.row, { node }));
		await other.publish('update');
		pass(site, HOUR_MS);
		const { pageId } = site.site.createPage('After', { at: ago(site, 10) });
		await other.poll();
		expect(other.came).toEqual([`page_create ${pageId}`]);
	});

	it('a trigger that is enabled begins anew, as does one whose credential leads to another site', async () => {
		const [site, poller] = await open();
		poller.tick();
		pass(site, HOUR_MS);
		site.site.createPage('Meanwhile', { at: ago(site, 30) });
		await poller.publish('update');
		const other = await oldSite();
		other.site.createPage('Before', { at: ago(other, 10) });
		poller.credential = () => credentialFor(other);
		await poller.poll();
		expect(poller.came).toEqual([]);
		expect(log.of('warn')).toEqual([
			expect.stringContaining(`What has changed at ${site.url} since the last poll is not`),
		]);
	});

	it('what n8n was killed with comes although the start brings another filter', async () => {
		const [site, poller] = await open();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		poller.losesExecutions = true;
		await poller.poll();
		poller.losesExecutions = false;
		const { row } = poller;
		row.node.parameters.filters = { languages: 'en' };
		await poller.restart('update');
		expect(poller.came).toEqual([`page_create ${pageId}`]);
	});

	it('a poll says where the site lists only some of the pages that were changed at once, and goes on', async () => {
		const [site, poller] = await open();
		for (let index = 0; index < 1001; index++) site.site.createPage(`Page_${index}`, { at: ago(site, 1400) });
		for (const page of site.site.pages.current) page.modified = ago(site, 20);
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		await poller.poll();
		expect(poller.came).toEqual([`page_create ${pageId}`]);
		expect(log.of('warn')).toEqual([expect.stringContaining('leaves out some of the pages that were changed within')]);
	});

	it('500 items at most come with a poll, oldest first, the rest with the next', async () => {
		const [site, poller] = await open(EDITS);
		for (let left = 720; left > 0; left--)
			site.site.editPage('', { at: new Date(ago(site, 40).getTime() - left * 1000) });
		const counts = [];
		for (let poll = 0; poll < 3; poll++) counts.push((await poller.poll()).length);
		expect(counts).toEqual([500, 220, 0]);
	});

	it('a stored place that makes no sense starts anew', async () => {
		const [site, poller] = await open();
		site.site.createPage('Old', { at: ago(site, 10) });
		await poller.poll();
		const { row } = poller;
		row.staticData = row.staticData.replace(/"savedUntil":[\d.]+/, '"savedUntil":"x"');
		site.site.createPage('Unseen', { at: ago(site, 5) });
		await poller.restart();
		pass(site, HOUR_MS);
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		await poller.poll();
		expect(poller.came.slice(1)).toEqual([`page_create ${pageId}`]);
		expect(poller.failures).toEqual([]);
	});
});

describe('polling: a site that cannot be asked', () => {
	const busy = { headers: { 'retry-after': '90' } };
	const redirect = { status: 302, headers: { location: 'https://elsewhere.example/' } };
	const cutOff = { status: 200, body: 'truncated' } as const;
	const [LATER, WRONG] = ['temporarily-unavailable', 'configuration-invalid'];
	// As in the table of docs/trigger.md#when-a-poll-fails.
	const cases: Array<[string, FaultEffect, string, string]> = [
		['limits calls', { status: 429, ...busy }, 'rate-limited', 'Expert asked to slow down (429)'],
		['is busy', { status: 503, ...busy }, LATER, 'Expert is busy at the moment (503)'],
		['breaks', { status: 500 }, LATER, 'The Expert site returned an unexpected response (500)'],
		['is silent', { hang: actionTimeout }, LATER, 'The Expert site did not respond in time'],
		['has a sign-in page', { body: 'login' }, LATER, 'The address returned a web page'],
		['redirects', redirect, WRONG, 'The address of the Expert site redirects to another address'],
		['cuts the connection', { reset: true }, LATER, 'The Expert site could not be reached'],
		['cuts off its response', cutOff, LATER, 'The Expert site returned an unexpected response (200)'],
		['refuses the token', { status: 401 }, 'credential-invalid', 'Expert did not accept the token'],
		['refuses the call', { status: 403 }, WRONG, 'Expert did not allow this (403)'],
	];

	it.each(cases)(
		'a site that %s fails the poll with its cause, and nothing is lost',
		async (_case, effect, cause, message) => {
			const [site, poller] = await open();
			await poller.poll();
			const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
			const before = poller.row.staticData;
			site.faults.add({ match: { path: /home\/find/ }, effect });
			await poller.poll();
			expect(poller.failures).toMatchObject([{ failure: { cause } }]);
			expect(poller.failures[0]!.message).toContain(message);
			expect(poller.failures[0]).toBeInstanceOf(NodeApiError);
			expect(poller.row.staticData).toBe(before);
			site.faults.clear();
			passTime(120_000);
			await poller.poll();
			expect(poller.came).toEqual([`page_create ${pageId}`]);
		},
	);

	it('after a 429 with Retry-After, polls ask nothing until then', async () => {
		const site = await oldSite();
		site.site.createPage('A/B/C', { at: ago(site, 1400) });
		const poller = await published(site, CREATED);
		site.faults.add({ match: { path: 'find', times: 1 }, effect: { status: 429, ...busy } });
		await poller.poll();
		const asked = () => site.apiCalls.filter(({ path }) => path.endsWith('/find')).length;
		const before = asked();
		passTime(80_000);
		await poller.poll();
		expect(asked()).toBe(before);
		passTime(20_000);
		await poller.poll();
		expect(asked()).toBe(before + 1);
		expect(poller.failures).toHaveLength(1);
	});

	it('a page that was changed less than a minute ago fails two polls, too, until it is changed again', async () => {
		const [site, poller] = await open(EDITS);
		const { pageId } = site.site.createPage('Broken', { at: ago(site, 0.5) });
		const path = `pages/${pageId}/revisions`;
		site.faults.add({ match: { path }, effect: { status: 500 } });
		for (let poll = 0; poll < 12; poll++) {
			await poller.poll();
			pass(site, HOUR_MS / 180);
		}
		expect(poller.failures).toHaveLength(2);
		expect(log.of('warn').filter((line) => line.includes('leaves out page'))).toHaveLength(1);
		site.faults.clear();
		site.site.editPage(pageId);
		pass(site, HOUR_MS / 60);
		await poller.poll();
		expect(poller.came).toContain(`pagecontent_update ${pageId} 2`);
	});

	it('a site that responds slower than n8n polls is asked by one poll at a time', async () => {
		const [site, poller] = await open();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		site.apiCalls.length = 0;
		site.faults.add({ match: { path: /home\/find/ }, effect: { delayMs: 300 } });
		await Promise.all([poller.poll(), poller.poll(), poller.poll()]);
		expect(site.apiCalls.filter(({ path }) => path.includes('home/find'))).toHaveLength(1);
		expect(poller.came).toEqual([`page_create ${pageId}`]);
	});

	/** Each reading of revisions takes 1.2 seconds: of each page, and of the home page. */
	async function slowSite(pages: number): Promise<[Poller, string[], () => number]> {
		const [site, poller] = await open();
		const ids = Array.from({ length: pages }, (_each, index) => {
			const { pageId } = site.site.createPage(`Page_${index}`, { at: ago(site, 10) });
			return `page_create ${pageId}`;
		});
		const from = site.apiCalls.length;
		const read = () => site.apiCalls.slice(from).filter(({ path }) => path.endsWith('/revisions')).length;
		const { now } = performance;
		const clock = vi.spyOn(performance, 'now');
		clock.mockImplementation(() => now.call(performance) + 1_200 * read());
		onTestFinished(() => clock.mockRestore());
		return [poller, ids, read];
	}

	it.each([
		['a start of n8n', 30, async (poller: Poller) => await poller.restart()],
		['publishing another version', 12, async (poller: Poller) => await poller.publishAgain()],
	])('the first poll at %s ends after %i seconds, and the next ones go on', async (_case, seconds, publish) => {
		const [poller, ids, read] = await slowSite(40);
		await publish(poller);
		expect(read()).toBeLessThanOrEqual(Math.ceil(seconds / 1.2));
		expect(poller.came).toEqual([]);
		await poller.poll();
		expect(read()).toBe(41);
		expect(poller.came).toEqual(ids);
		expect(log.of('warn')).toEqual([]);
	});

	it.each([
		['another version goes on', 'update', 1],
		['the workflow once more begins anew', 'activate', 0],
	] as const)('publishing waits for no running poll: %s', async (_case, mode, came) => {
		const [site, poller] = await open();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		const asked = Promise.withResolvers<IncomingMessage>();
		const hang = (received: IncomingMessage) => asked.resolve(received);
		site.faults.add({ match: { path: 'revisions', times: 1 }, effect: { hang } });
		let isRunning = true;
		const running = poller.poll().finally(() => (isRunning = false));
		const received = await asked.promise;
		poller.discards = true;
		if (mode === 'update') await poller.publishAgain();
		else await poller.publish(mode);
		expect(await poller.poll()).toEqual([]);
		expect(isRunning).toBe(true);
		actionTimeout(received);
		await running;
		poller.discards = false;
		await poller.poll();
		expect(poller.came).toEqual([`page_create ${pageId}`].slice(0, came));
	});
});

type Credential = ReturnType<Poller['credential']>;
const withValue = (value: IDataObject) => (given: Credential) => ({ ...given, ...value }) as Credential;
const unreadable = (): never => {
	throw new Error('no key');
};

describe('polling: what publishing refuses', () => {
	it.each<[string, IDataObject, (given: Credential) => Credential, RegExp]>([
		['no token that the site accepts', CREATED, withValue({ longTermToken: 'wrong' }), /the token/],
		['no site', CREATED, withValue({ siteUrl: '' }), /Site URL/],
		['a site without https', CREATED, withValue({ siteUrl: 'http://expert.example' }), /https/],
		['nothing chosen', { events: [] }, withValue({}), /^Nothing is chosen under 'Trigger On'/],
		['an unreadable credential', CREATED, unreadable, /^The credential of the trigger could not/],
	])('publishing says what is wrong with %s', async (_case, parameters, change, message) => {
		const poller = new Poller(await oldSite(), rowOf(parameters));
		const { credential } = poller;
		poller.credential = () => change(credential());
		await expect(poller.publish()).rejects.toThrow(message);
	});

	const message = 'Operations required are {ADMIN}. Operations allowed are {LOGIN}';
	it.each<[string, FaultEffect, RegExp]>([
		['fails is no lack of rights', { status: 500 }, /^(?!.*admin)/s],
		['is refused, in words with a code of n8n', { status: 403, message }, /admin.*{LOGIN}$/],
	])('an archive that %s', async (_what, effect, says) => {
		const site = await oldSite();
		site.faults.add({ match: { path: /archive\/pages$/ }, effect });
		await expect(Poller.published(site, EVERY)).rejects.toThrow(says);
	});

	it('without the Admin role all but Page Deleted works', async () => {
		const site = await oldSite();
		const poller = new Poller(site, rowOf(EVERY));
		poller.credential = () => editor(site);
		await expect(poller.publish()).rejects.toThrow(
			"'Page Deleted' needs the token of an admin. Only admins may see deleted pages.",
		);
		poller.row.node.parameters.events = ALL.slice(0, 3);
		// As far as a server token allows.
		site.settings.clockSkewMs -= 180_000;
		await poller.publish();
		site.settings.clockSkewMs += 180_000;
		await poller.restart();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 2) });
		site.site.editPage(pageId, { at: ago(site, 1) });
		await poller.poll();
		expect(poller.came).toEqual([`page_create ${pageId}`, `pagecontent_update ${pageId} 2`]);
		expect(poller.outputs.flat()[0]).toMatchObject({ firstPublication: true });
	});

	it('a token that loses the Admin role fails the polls, and holds up no other change', async () => {
		const [site, poller] = await open(EVERY);
		poller.credential = () => editor(site);
		const { pageId } = site.site.createPage('Page', { at: ago(site, 10) });
		for (let poll = 0; poll < 3; poll++) await poller.poll();
		expect(poller.failures[0]).toMatchObject({
			message: "'Page Deleted' needs the token of an admin",
			failure: { cause: 'configuration-invalid' },
		});
		expect(poller.came).toEqual([`page_create ${pageId}`]);
	});

	it('a site whose search sees the first level only is published, and said to be, and so in Fetch Test Event', async () => {
		const site = await oldSite({ findDepth: 'children' });
		site.site.createPage('A/B/C', { at: ago(site, 1400) });
		const poller = await published(site, CREATED);
		const says = /Pages below the first level are not searched for/;
		expect(log.of('warn')).toEqual([expect.stringMatching(says), expect.stringMatching(says)]);
		site.site.createPage('A/B/Deep', { at: ago(site, 20) });
		const { pageId } = site.site.createPage('Top', { at: ago(site, 10) });
		await poller.poll();
		expect(poller.came).toEqual([`page_create ${pageId}`]);
		expect(log.of('warn')).toHaveLength(2);
		expect(names(await poller.fetchTestEvent())).toEqual([`page_create ${pageId}`]);
		expect(poller.hints).toEqual([expect.stringMatching(says)]);
		poller.row.node.parameters.events = ['page_delete'];
		await poller.publishAgain();
		expect(log.of('warn')).toHaveLength(2);
	});
});

it('publishing says which filters lead nowhere, and polls do not repeat it', async () => {
	const site = await oldSite();
	const { pageId } = site.site.createPage('Here', { at: ago(site, 1400) });
	site.site.createPage('Old', { at: ago(site, 1400) });
	site.site.movePage('Old', 'New', { at: ago(site, 1300) });
	const filters = { pathPrefixes: ['Here', 'Nowhere', 'Old'], excludeUsers: ['nobody', 'editor'] };
	const poller = new Poller(site, rowOf({ events: ['pagecontent_update'], filters }));
	await poller.publish();
	const said = log.of('warn');
	expect(said).toEqual([
		expect.stringMatching(/has no user "nobody", whom 'Exclude Users' names/),
		expect.stringMatching(/has no page at "Nowhere", which 'Page Paths' of "Polling" names/),
		expect.stringMatching(/The page at "Old", .* is at "New" now/),
	]);
	site.settings.clockSkewMs += 60_000;
	site.site.editPage(pageId);
	site.settings.clockSkewMs += 60_000;
	site.apiCalls.length = 0;
	await poller.poll();
	expect(log.of('warn')).toHaveLength(said.length);
	expect(site.apiCalls.map(({ path }) => path).join()).not.toMatch(/=nobody|=Nowhere/);
});

it('a user whom Exclude Users names by name starts nothing', async () => {
	const site = await oldSite();
	const filters = { excludeUsers: ['editor'] };
	const poller = await published(site, { ...CREATED, filters });
	site.site.createPage('Theirs', { at: ago(site, 20), by: 'editor' });
	const { pageId } = site.site.createPage('Other', { at: ago(site, 10) });
	await poller.poll();
	expect(poller.came).toEqual([`page_create ${pageId}`]);
});

describe('polling: Fetch Test Event', () => {
	it('shows the newest change that is wanted, and starts nothing', async () => {
		const [site, poller] = await open({ ...EVERY, pageDetails: true });
		const gone = site.site.createPage('Gone', { at: ago(site, 310) }).pageId;
		const fresh = site.site.createPage('Fresh', { at: ago(site, 300) }).pageId;
		const { pageId } = site.site.createPage('Edited', { at: ago(site, 1400) });
		const shown = async () => names(await poller.fetchTestEvent());
		expect(await shown()).toEqual([`page_create ${fresh}`]);
		site.site.editPage('Edited', { at: ago(site, 200) });
		site.site.tagPage('Fresh', { add: ['new'], at: ago(site, 20) });
		const [item] = await poller.fetchTestEvent();
		expect(item).toMatchObject({ eventType: 'pagecontent_update', page: { id: `${pageId}`, tags: expect.any(Array) } });
		site.site.deletePage(gone, { at: ago(site, 100) });
		expect(await shown()).toEqual([`page_delete ${gone}`]);
		expect(poller.executions).toEqual([]);
	});

	it.each([
		['days', 5 * 1440],
		['years', 3 * 525_600],
	])('shows a change of a page that is %s ago', async (_unit, minutes) => {
		const [site, poller] = await open(EDITS);
		for (const page of site.site.pages.current) setDates(page, ago(site, minutes + 1));
		const { pageId } = site.site.createPage('Edited', { at: ago(site, minutes + 1) });
		site.site.editPage(pageId, { at: ago(site, minutes) });
		expect(names(await poller.fetchTestEvent())).toEqual([`pagecontent_update ${pageId}`]);
	});

	it('shows a page for Page Published (First Time), and says where there is nothing', async () => {
		const [site, poller] = await open({ events: ['page_published'] });
		const { pageId } = site.site.createPage('Fresh', { at: ago(site, 300) });
		expect(await poller.fetchTestEvent()).toMatchObject([
			{ page: { id: `${pageId}` }, firstPublication: true, eventName: 'Page Published' },
		]);
		poller.row.node.parameters.filters = { pathPrefixes: ['Nowhere'] };
		expect(await poller.fetchTestEvent()).toEqual([]);
		expect(poller.hints.at(-1)).toBe('The site has no change of the chosen kind that passes the filters');
	});

	it('fails with the reason if the site cannot be asked', async () => {
		const [site, poller] = await open();
		site.faults.add({ match: { path: 'find' }, effect: { status: 500 } });
		await poller.fetchTestEvent();
		expect(poller.failures).toMatchObject([{ failure: { cause: 'temporarily-unavailable' } }]);
	});
});

function names(items: IDataObject[]): string[] {
	return items.map(({ eventType, page }) => `${eventType as string} ${(page as IDataObject).id as string}`);
}

it('a polling trigger is not published on the engine of n8n on which events would be lost, and its polls say so', async () => {
	const site = await oldSite();
	const poller = new Poller(site, rowOf({}));
	poller.row.settings = { engineType: 'v2' };
	await expect(poller.publish()).rejects.toThrow(/^The workflow runs on n8n's Engine 2.0/);
	await poller.publish('init');
	expect(await poller.poll()).toEqual([]);
	expect(poller.failures.map(({ message }) => message)).toEqual([
		expect.stringMatching(/^The workflow runs on n8n's Engine 2.0/),
	]);
});
