import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';
import { eventXml, newDelivery, send } from '../support/integration/delivery.mts';
import { itemsPassedOn } from '../support/integration/host.mts';
import { credentialFor, openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { passTime, passUntil, stopTime } from '../support/integration/stop-time.mts';
import { trickle, triggerTimeout } from '../support/integration/timeout.mts';
import { elementAt, present } from '../support/present.mts';
import type { FaultEffect, Settings, Subject } from '../support/simulator/index.mts';

useScenes();

const EVENTS = ['page_create', 'pagecontent_update', 'page_delete', 'pagetag_update'];

interface Options {
	parameters?: IDataObject;
	site?: Partial<Settings>;
}

/** A published workflow whose trigger asks the site about pages. */
async function open({ parameters, site }: Options = {}): Promise<Scene> {
	return await openPublished({
		parameters: { events: EVENTS, pageDetails: true, ...parameters },
		// One event for each change, so that each execution is about what the test says.
		site: { createFiresContentUpdate: false, ...site },
	});
}

/** Waits for all deliveries and executions; what each execution passed on. */
async function outputs({ site, host }: Scene): Promise<IDataObject[][]> {
	await site.idle();
	await host.idle();
	expect(host.thrown).toEqual([]);
	return host.outputs;
}

/** The items of the executions so far. */
async function items(scene: Scene): Promise<IDataObject[]> {
	return (await outputs(scene)).flat();
}

async function onlyItem(scene: Scene): Promise<IDataObject> {
	const all = await items(scene);
	expect(all).toHaveLength(1);
	return elementAt(all, 0);
}

const pageIn = (item: IDataObject) => item.page as IDataObject;

/** Publishing asks what a search sees; one call at a site of one level. */
const PUBLISHING = '/pages/home/subpages';

/** What the trigger has asked since publishing, without the question whether the token is accepted. */
function questions({ site }: Scene): string[] {
	return site.apiCalls
		.map(({ path }) => path.replace('/@api/deki', ''))
		.filter((path) => /^\/(pages|archive)/.test(path) && path !== PUBLISHING);
}

/** One delivery with an event of each subject. */
async function deliver(scene: Scene, type: string, ...subjects: Subject[]): Promise<void> {
	const events = subjects.map((subject) => eventXml(scene, { type, subject }));
	await send(scene, { ...newDelivery(scene), body: `<events>${events.join('')}</events>` });
}

/** A delivery of an event that names no page, of this time. */
async function deliverThin(scene: Scene, type: string, at: Date): Promise<void> {
	const before = scene.site.settings.eventBody;
	scene.site.settings.eventBody = 'thin';
	await send(scene, newDelivery(scene, { type, at }));
	scene.site.settings.eventBody = before;
}

/** A delivery whose execution finds the credential changed. */
async function deliverThenChange(
	scene: Scene,
	change: ICredentialDataDecryptedObject | (() => ICredentialDataDecryptedObject),
	delivery = newDelivery(scene),
): Promise<void> {
	const { host, site } = scene;
	const changed = typeof change === 'function' ? change : () => ({ ...credentialFor(site), ...change });
	host.slot = async () => void (host.credential = changed);
	await send(scene, delivery);
}

/** What happens at the site from now on is not delivered. */
function silence({ site }: Scene): void {
	for (const { id } of site.webhooks()) site.disableWebhook(id);
}

describe('Add Page Details', () => {
	it('a page gets what the site says of it, and the rest of the item stays', async () => {
		const scene = await open();
		const { page } = scene.site.site.createPage('Guides/Größe', {
			title: 'Reset the phone',
			html: '<p>Hold both buttons.</p>',
			tags: ['article:guide', 'review'],
			by: 'editor',
		});
		const item = await onlyItem(scene);
		const texts = { title: 'Reset the phone', by: 'Edda Editor' };
		expect(item).toEqual({ ...elementAt(scene.host.items, 0), ...texts, page: item.page });
		expect(pageIn(item)).toEqual({
			id: String(page.id),
			path: 'Guides/Größe',
			title: 'Reset the phone',
			url: `${scene.site.url}/Guides/Gr%C3%B6%C3%9Fe`,
			author: { id: '4', name: 'editor', fullName: 'Edda Editor' },
			summary: 'Hold both buttons.',
			tags: ['article:guide', 'review'],
			articleType: 'guide',
			language: 'en-US',
			draftState: 'inactive',
			revision: 1,
			parent: { id: expect.stringMatching(/^\d+$/), title: 'Guides', path: 'Guides' },
			createdBy: { id: '4', name: 'editor' },
		});
		expect(questions(scene)).toEqual([`/pages/${page.id}`]);
	});

	it('an edit whose event names nobody is by the author of the newest text, unless that is a later one', async () => {
		const scene = await open({
			parameters: { events: ['pagecontent_update'] },
			site: { createFiresContentUpdate: false },
		});
		const { pageId } = scene.site.site.createPage('Guides/Edited');
		for (const by of ['admin', 'editor']) scene.site.site.editPage(pageId, { by });
		await scene.site.idle();
		const found = await items(scene);
		expect(found.map(({ page, by }) => [(page as IDataObject).revision, by])).toEqual([
			[2, 'unknown'],
			[3, 'Edda Editor'],
		]);
	});

	it('with Simplify off an item is the event as it came, and its page', async () => {
		const scene = await open({ parameters: { simplify: false, events: ['page_published'] } });
		scene.site.site.createPage('Guides/Raw');
		const item = await onlyItem(scene);
		expect(item).toEqual({
			...{ ...elementAt(scene.host.items, 0), firstPublication: true },
			page: expect.objectContaining({ path: 'Guides/Raw' }),
		});
		expect(item).not.toHaveProperty('eventName');
		expect(item).not.toHaveProperty('requestId');
	});

	it.each([
		['that the page still has', 'Private', { id: '2', name: 'Private' }],
		['that the page has no more', 'Public', { id: '2' }],
	] as const)('a new restriction %s is %s: %j', async (_which, now, restriction) => {
		const scene = await open({ parameters: { events: ['pagerestriction_update'] } });
		const { page } = scene.site.site.createPage('Guides/Restricted');
		page.restriction = now;
		await deliver(scene, 'pagerestriction_update', { page });
		const item = await onlyItem(scene);
		expect(item).toMatchObject({ previous: { restrictionId: '1' } });
		expect(item.restriction).toEqual(restriction);
		expect(pageIn(item)).not.toHaveProperty('restriction');
		expect(questions(scene)).toEqual([`/pages/${page.id}`]);
	});

	it('what an event says of a title wins over what the site says now', async () => {
		const scene = await open({ parameters: { events: ['pagedisplayname_update'] } });
		const { pageId } = scene.site.site.createPage('Guides/Named', { title: 'First' });
		scene.site.site.editPage(pageId, { title: 'Third' });
		await deliver(scene, 'pagedisplayname_update', {
			page: { id: pageId, path: 'Guides/Named' },
			displayName: { previous: 'First', current: 'Second' },
		});
		const titles = (await items(scene)).map((item) => pageIn(item).title);
		expect(titles.sort()).toEqual(['Second', 'Third']);
	});

	it('several events about one page ask the site once', async () => {
		const scene = await open();
		silence(scene);
		const { pageId } = scene.site.site.createPage('Guides/Often', { title: 'Often' });
		const other = scene.site.site.createPage('Guides/Other', { title: 'Other' }).pageId;
		scene.site.enableWebhook(elementAt(scene.site.webhooks(), 0).id);
		const often = { page: { id: pageId, path: 'Guides/Often' } };
		await deliver(scene, 'page_create', often, often, { page: { id: other, path: 'x' } }, often);
		const titles = (await items(scene)).map((item) => pageIn(item).title);
		expect(titles).toEqual(['Often', 'Often', 'Other', 'Often']);
		expect(questions(scene).sort()).toEqual([`/pages/${pageId}`, `/pages/${other}`].sort());
	});

	it('a draft has no revision, no tags that nobody tells, and is called a draft', async () => {
		const scene = await open();
		scene.site.site.createDraft('Coming', { tags: ['review'] });
		const page = pageIn(await onlyItem(scene));
		expect(page).toMatchObject({ draftState: 'unpublished', title: 'Coming' });
		expect(page).not.toHaveProperty('revision');
		expect(page).not.toHaveProperty('tags');
	});

	it('a deleted page gets its title, and when and by whom it was deleted, from the archive', async () => {
		const scene = await open({ parameters: { events: ['page_delete'] } });
		const { pageId } = scene.site.site.createPage('Guides/Old', { title: 'An old page' });
		scene.site.site.deletePage(pageId);
		expect(pageIn(await onlyItem(scene))).toEqual({
			id: String(pageId),
			path: 'Guides/Old',
			title: 'An old page',
			url: `${scene.site.url}/Guides/Old`,
			deletedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
			deletedBy: { id: '1', name: 'admin', fullName: 'Site Admin' },
		});
		expect(questions(scene)).toEqual([`/archive/pages/${pageId}/info`]);
	});

	it('a deleted page gets its title, tags and time of deletion without admin rights', async () => {
		const scene = await open({ parameters: { events: ['page_delete'] } });
		silence(scene);
		const options = { title: 'An old page', tags: ['review'], by: 'editor' };
		const { page } = scene.site.site.createPage('Guides/Old', options);
		scene.site.site.deletePage(page);
		const delivery = newDelivery(scene, { type: 'page_delete', subject: { page } });
		await deliverThenChange(scene, { longTermToken: scene.site.readerJwt }, delivery);
		expect(pageIn(await onlyItem(scene))).toMatchObject({
			title: 'An old page',
			url: `${scene.site.url}/Guides/Old`,
			tags: ['review'],
			deletedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
		});
		expect(questions(scene)).toEqual([`/archive/pages/${page.id}/info`, `/pages/${page.id}`]);
	});

	it.each([
		['is not asked for elsewhere while that is away', 500, 200, /\(500\)/, 1],
		['says why it is not there, where nothing else tells', 403, 404, /\(403\).* in the archive/, 2],
	])('a deleted page in an archive that responds with an error %s', async (_what, archive, page, why, asked) => {
		const scene = await open({ parameters: { events: ['page_delete'] } });
		const { site, faults } = scene.site;
		const { pageId } = site.createPage('Gone');
		faults.add({ match: { path: /\/archive/ }, effect: { status: archive } });
		if (page !== 200) faults.add({ match: { path: /\/pages\/\d+$/ }, effect: { status: page } });
		site.deletePage(pageId);
		expect(pageIn(await onlyItem(scene)).details).toMatch(why);
		expect(questions(scene)).toHaveLength(asked);
	});
});

describe('a site that cannot be asked', () => {
	const effects: Array<[string, FaultEffect, RegExp]> = [
		['responds 403', { status: 403 }, /did not allow this \(403\).*lack the right/],
		['responds 404', { status: 404 }, /did not find it \(404\)/],
		['responds 500', { status: 500, echo: true }, /unexpected response \(500\)/],
		['breaks the connection', { reset: true }, /could not be reached/],
	];

	it.each(effects)('a site that %s costs the details and says why', async (_case, effect, why) => {
		const scene = await open();
		scene.site.faults.add({ match: { path: '/deki/pages/' }, effect });
		const { page } = scene.site.site.createPage('Guides/Unseen');
		const item = await onlyItem(scene);
		const { details, ...rest } = pageIn(item);
		expect(details).toMatch(why);
		expect(rest).toEqual(pageIn(elementAt(scene.host.items, 0)));
		expect(rest).toMatchObject({ id: String(page.id), path: 'Guides/Unseen' });
		expectNoSecretIn(item, scene);
		expectNoSecretInLog(scene);
	});

	it.each([
		['never responds', true],
		['sends a byte now and then', trickle],
	])('a site that %s is not asked about all of 30 pages', async (_how, hang) => {
		const { host, site } = await open();
		const events = Array.from({ length: 30 }, (_, index) => ({
			json: { eventType: 'page_create', page: { id: `${1_000 + index}` } },
		}));
		const match = { path: /\/pages\/\d+$/ };
		site.faults.add({ match, effect: { hang } });
		stopTime();
		const passed = await passUntil(itemsPassedOn(host, events, 'webhook'));
		expect(passed).toHaveLength(30);
		for (const item of passed)
			expect(pageIn(item).details).toMatch(/(did not respond in time|took too long) while n8n/);
		// Four were under way when the fifth had waited in vain.
		const asked = site.apiCalls.filter(({ path }) => match.path.test(path));
		expect(asked.length).toBeLessThan(10);
	});

	it('a page that is slow costs the details of no other page', async () => {
		const scene = await open();
		silence(scene);
		const [slow, quick] = ['Slow', 'Quick'].map((path) => scene.site.site.createPage(path).page);
		scene.site.faults.add({
			match: { path: new RegExp(`/pages/${slow!.id}$`) },
			effect: { hang: triggerTimeout },
		});
		await deliver(scene, 'page_create', { page: slow! }, { page: quick! });
		expect((await items(scene)).map((item) => pageIn(item))).toMatchObject([
			{ path: 'Slow', details: expect.stringMatching(/did not respond in time/) },
			{ path: 'Quick', title: 'Quick' },
		]);
	});

	it('a credential that n8n cannot read costs the details and says why', async () => {
		const scene = await open();
		await deliverThenChange(scene, () => {
			throw new Error('no such credential');
		});
		expect(pageIn(await onlyItem(scene)).details).toMatch(/credential of the trigger could not be read/);
	});
});

describe('a token that has expired', () => {
	it.each([
		['treats it as anonymous', false],
		['rejects it', true],
	])('details that a site gives are not believed when it %s', async (_case, refuseBadTokens) => {
		const scene = await open({
			parameters: { filters: { pageTags: ['review'], skipDrafts: true, languages: ['de'] } },
			site: { refuseBadTokens },
		});
		scene.site.expireTokens();
		scene.site.site.createPage('Guides/Public', { title: 'Public' });
		const page = pageIn(await onlyItem(scene));
		expect(page.details).toMatch(/^The site does not accept the token/);
		expect(page).not.toHaveProperty('title');
	});

	it('details are not believed when nobody can tell whether the token is accepted', async () => {
		const scene = await open();
		scene.site.faults.add({ match: { path: '/users/current' }, effect: { status: 500 } });
		scene.site.site.createPage('Guides/Public', { title: 'Public' });
		const page = pageIn(await onlyItem(scene));
		expect(page.details).toMatch(/unexpected response \(500\) while n8n tried to check the token/);
		expect(page).not.toHaveProperty('title');
	});
});

describe('whether the token is accepted', () => {
	const checks = ({ site }: Scene) =>
		site.apiCalls.filter(({ path, isAuthenticated }) => isAuthenticated && path.endsWith('/users/current')).length;

	/** The title that the execution for a new page gets from the site. */
	async function titleOfNew(scene: Scene): Promise<unknown> {
		const path = `Page_${scene.host.items.length}`;
		scene.site.site.createPage(path, { title: 'Reset the phone' });
		const [last] = (await items(scene)).slice(-1);
		return pageIn(present(last)).title;
	}

	it('is asked once for the executions of five seconds', async () => {
		const scene = await open();
		stopTime();
		for (const [passedMs, asked] of [
			[0, 1],
			[4_999, 1],
			[1, 2],
		] as const) {
			vi.advanceTimersByTime(passedMs);
			expect(await titleOfNew(scene)).toBe('Reset the phone');
			expect(checks(scene)).toBe(asked);
		}
	});

	it('is asked again after it was not, and for another token', async () => {
		const scene = await open();
		const match = { path: '/users/current', times: 1 };
		scene.site.faults.add({ match, effect: { status: 500 } });
		expect(await titleOfNew(scene)).toBeUndefined();
		expect(await titleOfNew(scene)).toBe('Reset the phone');
		const other = { ...credentialFor(scene.site), longTermToken: 'an.other.token' };
		scene.host.credential = () => other;
		expect(await titleOfNew(scene)).toBeUndefined();
		expect(checks(scene)).toBe(3);
	});
});

describe('an event that names no page', () => {
	const at = new Date('2026-03-01T10:00:00Z');
	const seconds = (count: number) => new Date(at.getTime() + count * 1000);

	/** A site on which nothing has happened yet. */
	async function openSilent(options?: Options): Promise<Scene> {
		const scene = await open(options);
		silence(scene);
		return scene;
	}

	/** Pages that were created, edited and changed in any way at these times. */
	function page({ site }: Scene, path: string, dates: { created?: Date; edited?: Date; modified?: Date }) {
		const { created = seconds(-1000), edited = created, modified = edited } = dates;
		const made = site.site.createPage(path).page;
		return Object.assign(made, { created, edited, modified });
	}

	it('a creation gets the one page that was created then', async () => {
		const scene = await openSilent();
		page(scene, 'Before', { created: seconds(-3) });
		page(scene, 'After', { created: seconds(3) });
		page(scene, 'Edited_then', { created: seconds(-99), edited: at });
		const { id } = page(scene, 'This', { created: seconds(1), edited: seconds(50) });
		await deliverThin(scene, 'page_create', at);
		expect(pageIn(await onlyItem(scene))).toMatchObject({
			id: String(id),
			path: 'This',
			title: 'This',
			url: `${scene.site.url}/This`,
		});
	});

	it.each<[type: string, when: string, at: 'created' | 'edited', pages: Record<string, number>]>([
		['page_create', 'two were created then', 'created', { One: -1, Two: 1 }],
		['pagecontent_update', 'two were edited then', 'edited', { One: 0, Two: 1 }],
		['pagecontent_update', 'another was edited later', 'edited', { One: 0, Two: 60 }],
	])('a %s without a page gets none when %s', async (type, _when, date, pages) => {
		const scene = await openSilent();
		for (const [path, after] of Object.entries(pages)) page(scene, path, { [date]: seconds(after) });
		await deliverThin(scene, type, at);
		expect(await onlyItem(scene)).not.toHaveProperty('page');
	});

	it('an edit gets the one page that was edited since', async () => {
		const scene = await openSilent();
		page(scene, 'Tagged', { edited: seconds(-60), modified: seconds(1) });
		const { id } = page(scene, 'This', { edited: seconds(1) });
		await deliverThin(scene, 'pagecontent_update', at);
		expect(pageIn(await onlyItem(scene))).toMatchObject({ id: String(id), path: 'This' });
	});

	it('an edit gets no page, and reads none, when many were changed since', async () => {
		const scene = await openSilent();
		page(scene, 'This', { edited: at });
		for (const path of 'abcdef') page(scene, path, { edited: seconds(-99), modified: seconds(5) });
		await deliverThin(scene, 'pagecontent_update', at);
		expect(await onlyItem(scene)).not.toHaveProperty('page');
		expect(questions(scene)).toEqual(['/pages/home/find']);
	});

	const types = ['page_create', 'pagecontent_update', 'page_delete'];
	const failing = types.flatMap((type) => [1, 2, 3, 4].map((nth) => [type, nth] as const));
	it.each(failing)('an event goes on although call %2$i fails: %1$s', async (type, nth) => {
		const scene = await openSilent();
		const changed = page(scene, 'This', { created: at, modified: at });
		if (type === 'page_delete') {
			scene.site.site.deletePage(changed);
			changed.deletedAt = at;
		}
		scene.site.apiCalls.length = 0;
		scene.site.faults.add({ match: { method: 'GET', nth }, effect: { status: 500 } });
		await deliverThin(scene, type, at);
		const item = await onlyItem(scene);
		expect(item.eventType).toBe(type);
		const hasFailed = scene.site.apiCalls.some(({ status }) => status === 500);
		const details = hasFailed ? expect.stringMatching(/\(500\)/) : undefined;
		expect(pageIn(item).details).toEqual(details);
	});

	it('a page that was found outside of Page Paths starts nothing further', async () => {
		const scene = await openSilent({ parameters: { filters: { pathPrefixes: ['Guides'] } } });
		page(scene, 'Elsewhere', { created: at });
		await deliverThin(scene, 'page_create', at);
		expect(await outputs(scene)).toEqual([[]]);
		page(scene, 'Guides/Here', { created: seconds(60) });
		await deliverThin(scene, 'page_create', seconds(60));
		expect((await items(scene)).map((item) => pageIn(item).path)).toEqual(['Guides/Here']);
	});
});

describe('Skip Drafts', () => {
	const skipping = { filters: { skipDrafts: true } };

	it('a draft starts nothing further, and the editor says why', async () => {
		const scene = await open({ parameters: skipping });
		scene.site.site.createDraft('Coming');
		expect(await outputs(scene)).toEqual([[]]);
		expect(scene.host.hints).toEqual(['1 event was left out by: Skip Drafts']);
		expect(scene.host.highlighted).toMatchObject([{ leftOut: 'Skip Drafts', pagePath: 'Coming' }]);
	});

	it('a published page and a page with a draft beside it pass', async () => {
		const scene = await open({ parameters: skipping });
		const { pageId } = scene.site.site.createPage('Live');
		scene.site.site.activateDraft(pageId);
		await outputs(scene);
		scene.site.site.editPage(pageId);
		expect((await items(scene)).map((item) => pageIn(item).draftState)).toEqual(['active', 'active']);
		expect(scene.host.hints).toEqual([]);
	});

	it('a draft that its event calls so starts nothing further, although the site cannot be asked', async () => {
		const scene = await open({ parameters: skipping, site: { pageShape: 'full' } });
		scene.site.faults.add({ match: { path: '/deki/pages/' }, effect: { status: 500 } });
		scene.site.site.createDraft('Coming');
		expect(await outputs(scene)).toEqual([[]]);
	});

	it('none of 30 drafts passes that come together, though all calls take longer than those about one page may', async () => {
		const scene = await open({ parameters: skipping });
		silence(scene);
		const drafts = Array.from({ length: 30 }, (_, index) => scene.site.site.createDraft(`${index}`));
		const { faults } = scene.site;
		const next = faults.next.bind(faults);
		faults.next = (...call) => {
			passTime(200);
			return next(...call);
		};
		await deliver(scene, 'page_create', ...drafts.map(({ page }) => ({ page })));
		expect(await outputs(scene)).toEqual([[]]);
	});

	it('a page passes that its event calls a draft, once it was published', async () => {
		const scene = await open({ parameters: skipping, site: { pageShape: 'full' } });
		silence(scene);
		const { page } = scene.site.site.createDraft('Soon');
		scene.site.site.publishDraft('Soon');
		await deliver(scene, 'page_create', { page: { ...page, draftState: 'unpublished' } });
		expect(pageIn(await onlyItem(scene)).draftState).toBe('inactive');
	});

	it('without Add Page Details a draft starts nothing further, and other items stay as they are', async () => {
		const scene = await open({ parameters: { ...skipping, pageDetails: false } });
		scene.site.site.createDraft('Coming');
		expect(await outputs(scene)).toEqual([[]]);
		scene.site.site.createPage('Live');
		expect(await items(scene)).toEqual([elementAt(scene.host.items, 1)]);
	});
});

describe('Page Tags', () => {
	const wanting = (...pageTags: string[]) => ({ filters: { pageTags } });

	it.each([
		['ARTICLE:Guide', ['article:guide'], true],
		[' review ', ['Review', 'other'], true],
		['guide', ['article:guide'], false],
		['review', [], false],
	])('the tag "%s" lets a page with the tags %j pass: %s', async (wanted, tags, passes) => {
		const scene = await open({ parameters: wanting('nothing-has-this', wanted, '') });
		scene.site.site.createPage('Tagged', { tags });
		expect(await outputs(scene)).toMatchObject(passes ? [[{ page: { tags } }]] : [[]]);
		expect(scene.host.hints).toEqual(passes ? [] : ['1 event was left out by: Page Tags']);
	});

	it.each([
		['that it had', ['Review'], [{ page: { tags: ['Review'], deletedBy: { name: 'admin' } } }]],
		['that it did not have', ['other'], []],
		['that the site no longer names', [], [{ page: { path: 'Gone' } }]],
	])('the tag of a deleted page counts: one %s', async (_which, tags, passed) => {
		const scene = await open({ parameters: { events: ['page_delete'], ...wanting('review') } });
		const { pageId } = scene.site.site.createPage('Gone', { tags });
		scene.site.site.deletePage(pageId);
		expect(await outputs(scene)).toMatchObject([passed]);
	});
});

describe('Languages', () => {
	const german = { filters: { languages: ['de'] }, pageDetails: false };

	it('the language of the page counts, whatever that of its event', async () => {
		const scene = await open({ parameters: german });
		silence(scene);
		for (const [language, ofEvent] of [
			['de-DE', 'en-US'],
			['en-US', 'de-DE'],
		] as const) {
			const { page } = scene.site.site.createPage(language, { language });
			const delivery = newDelivery(scene, { subject: { page } });
			const body = String(delivery.body).replace(/ language="[^"]*"/, ` language="${ofEvent}"`);
			await send(scene, { ...delivery, body });
		}
		expect((await items(scene)).map((item) => pageIn(item).path)).toEqual(['de-DE']);
		expect(scene.host.hints).toEqual(['1 event was left out by: Languages']);
	});

	it('a deleted page is judged by the language that it had', async () => {
		const scene = await open({ parameters: { ...german, events: ['page_delete'] } });
		for (const language of ['de-DE', 'en-US'])
			scene.site.site.deletePage(scene.site.site.createPage(language, { language }).pageId);
		expect((await items(scene)).map((item) => pageIn(item).path)).toEqual(['de-DE']);
	});
});

describe('users whom events name by ID only', () => {
	/** See docs/vendor-facts.md#users-in-events. */
	const openIdOnly = async (parameters: IDataObject = {}) =>
		await open({ parameters, site: { requestDetails: 'userId' } });
	const users = (all: IDataObject[]) => all.map(({ user }) => user);
	const lookUps = ({ site }: Scene) =>
		site.apiCalls.map(({ path }) => path).filter((path) => /\/users\/\d+$/.test(path));

	async function create(scene: Scene, ...paths: string[]): Promise<void> {
		for (const path of paths) {
			scene.site.site.createPage(path, { by: 'editor' });
			await items(scene);
		}
	}

	it('a user whom the event names by ID gets a name, asked for once in ten minutes', async () => {
		const scene = await openIdOnly();
		await create(scene, 'A', 'B');
		const editor = { id: '4', name: 'editor' };
		expect(users(await items(scene))).toEqual([editor, editor]);
		expect(lookUps(scene)).toEqual(['/@api/deki/users/4']);
		passTime(11 * 60_000);
		await create(scene, 'C');
		expect(lookUps(scene)).toHaveLength(2);
	});

	it('nobody is looked up whom the event names, nor without Add Page Details', async () => {
		const named = await open({ site: { requestDetails: 'user' } });
		await create(named, 'A');
		expect(users(await items(named))).toMatchObject([{ name: 'editor' }]);
		const plain = await openIdOnly({ pageDetails: false });
		await create(plain, 'A');
		expect(users(await items(plain))).toEqual([{ id: '4' }]);
		expect([...lookUps(named), ...lookUps(plain)]).toEqual([]);
	});

	it.each([
		['refuses to name', 403, 1],
		['fails to name', 500, 2],
	])('a user whom the site %s stays an ID, and the event goes on', async (_case, status, asked) => {
		const scene = await openIdOnly();
		scene.site.faults.add({ match: { path: /\/users\/4$/ }, effect: { status } });
		await create(scene, 'A', 'B');
		expect(users(await items(scene))).toEqual([{ id: '4' }, { id: '4' }]);
		expect((await items(scene)).map((item) => pageIn(item).title)).toEqual(['A', 'B']);
		expect(lookUps(scene)).toHaveLength(asked);
	});

	it('an event that names nothing says who deleted which page, in the same order as any other', async () => {
		const scene = await openIdOnly();
		const { page } = scene.site.site.createPage('Guides/Old one', { title: 'Old one' });
		const [full] = await items(scene);
		silence(scene);
		scene.site.site.deletePage(page);
		await deliverThin(scene, 'page_delete', page.deletedAt!);
		const item = elementAt(await items(scene), 1);
		expect(item).toMatchObject({
			page: { id: String(page.id), path: 'Guides/Old_one', deletedBy: { name: 'admin' } },
			user: { id: '1', name: 'admin' },
			...{ title: 'Old one', by: 'Site Admin' },
		});
		for (const each of [full!, item])
			expect(Object.keys(each).slice(0, 6)).toEqual(['title', 'by', 'eventType', 'eventName', 'page', 'user']);
	});
});
