import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';
import { executionItems } from '../support/n8n/executions.mts';
import type { Fault } from '../support/simulator/index.mts';

const EVENTS = ['page_create', 'pagecontent_update', 'page_delete'];

/** After a response that was late the watch would look for changes, and here no event tells of an edit. */
const ONLY_DELIVERED = { recoverMissedChanges: false };

/** Calls for pages, by their number or path. */
const pages = { path: '/deki/pages/' };

describe('Add Page Details, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => {
		// One event for each change, so that an execution is about what its test says.
		scene = await Scene.share({ createFiresContentUpdate: false });
	});
	beforeEach(() => scene.site.faults.clear());
	afterAll(async () => await scene?.close());

	/** A published workflow until the end of the test. */
	async function published(
		parameters: object = {},
		additionalOptions: object = {},
	): Promise<PublishedTrigger> {
		const options = { ...ONLY_DELIVERED, ...additionalOptions };
		const workflow = await scene.published({
			...{ events: EVENTS, additionalOptions: options },
			...parameters,
		});
		onTestFinished(async () => await scene.client.deactivate(workflow.id));
		return workflow;
	}

	/** The pages in the items of all executions, each of which must have succeeded. */
	async function pagesOf(workflow: PublishedTrigger, count: number) {
		const executions = await scene.client.waitForExecutions(workflow.id, count);
		expect(executions.map(({ status }) => status)).toEqual(Array(count).fill('success'));
		return executions.flatMap((each) => executionItems(each, TRIGGER)).map(({ page }) => page);
	}

	/** An event that names no page, about what happens in the call. */
	async function withoutNames(happens: () => void): Promise<void> {
		const { settings } = scene.site;
		settings.eventBody = 'thin';
		happens();
		settings.eventBody = 'full';
	}

	it('a new page has its title, author and tags in the item', async () => {
		const workflow = await published();
		const { pageId } = scene.site.site.createPage('Reset', {
			title: 'Reset the phone',
			tags: ['article:guide'],
			by: 'editor',
		});
		expect(await pagesOf(workflow, 1)).toEqual([
			{
				id: String(pageId),
				path: 'Reset',
				title: 'Reset the phone',
				url: `${scene.site.url}/Reset`,
				author: { id: '4', name: 'editor', fullName: 'Edda Editor' },
				tags: ['article:guide'],
				language: 'en-US',
				draftState: 'inactive',
				revision: 1,
			},
		]);
	});

	it('a deleted page has what the archive says of it', async () => {
		const workflow = await published({ events: ['page_delete'] });
		const { pageId } = scene.site.site.createPage('Old', { title: 'An old page' });
		scene.site.site.deletePage(pageId);
		expect(await pagesOf(workflow, 1)).toMatchObject([
			{ id: String(pageId), title: 'An old page', deletedAt: expect.stringMatching(/^20/) },
		]);
	});

	it.each<[string, Fault['effect'], RegExp]>([
		['responds 403', { status: 403 }, /did not allow this \(403\)/],
		['returns a sign-in page', { body: 'login' }, /web page instead/],
		['takes ten seconds', { delayMs: 10_000 }, /did not respond in time/],
		['breaks the connection', { reset: true }, /could not be reached/],
	])('a site that %s leaves the item, without details', async (why, effect, details) => {
		const workflow = await published();
		scene.site.faults.add({ match: pages, effect });
		const path = `Unseen_${why.replaceAll(' ', '_')}`;
		scene.site.site.createPage(path);
		const [page] = await pagesOf(workflow, 1);
		expect(page).toMatchObject({ path, details: expect.stringMatching(details) });
		expect(page).not.toHaveProperty('title');
	});

	it('a site that is down leaves the item, without details', async () => {
		const credential = await scene.client.createCredential('Down', 'cxoneExpertApi', scene.secrets);
		const workflow = await scene.published(
			{ events: EVENTS, additionalOptions: ONLY_DELIVERED },
			{ credential },
		);
		onTestFinished(async () => {
			await scene.client.updateCredential(credential, scene.secrets);
			await scene.client.deactivate(workflow.id);
		});
		await scene.client.updateCredential(credential, {
			...scene.secrets,
			siteUrl: 'http://127.0.0.1:1',
		});
		scene.site.site.createPage('While_down');
		expect(await pagesOf(workflow, 1)).toMatchObject([
			{ path: 'While_down', details: expect.stringMatching(/could not be reached/) },
		]);
	});

	it('of two pages that are created together, an event that names none gets none', async () => {
		const workflow = await published({ events: ['page_create'] });
		await withoutNames(() => {
			scene.site.site.createPage('Twin_1');
			scene.site.site.createPage('Twin_2');
		});
		expect(await pagesOf(workflow, 2)).toEqual([undefined, undefined]);
	});

	it('a page that was created alone is found for an event that names none', async () => {
		const workflow = await published({ events: ['page_create'] });
		const { page } = scene.site.site.createPage('Lonely', { title: 'All alone' });
		await pagesOf(workflow, 1);
		// Nothing else happened at the site that day.
		const yesterday = new Date(Date.now() - 86_400_000);
		page.created = yesterday;
		scene.site.emit('page_create', { body: 'thin', at: yesterday });
		const [, found] = await pagesOf(workflow, 2);
		expect(found).toMatchObject({ id: String(page.id), path: 'Lonely', title: 'All alone' });
	});

	it('Skip Drafts ends the execution of a draft as a success without output, and says why', async () => {
		const workflow = await published({ filters: { skipDrafts: true } });
		scene.site.site.createDraft('Coming');
		const [execution] = await scene.client.waitForExecutions(workflow.id, 1);
		const { runData, error } = execution!.data!.resultData;
		expect({ status: execution!.status, error }).toEqual({ status: 'success', error: undefined });
		expect(Object.keys(runData)).toEqual([TRIGGER]);
		expect(executionItems(execution!, TRIGGER)).toEqual([]);
		expect(runData[TRIGGER]).toMatchObject([
			{ hints: [{ message: '1 event was left out by: Skip Drafts' }] },
		]);
		scene.site.site.publishDraft('Coming');
		expect(await pagesOf(workflow, 2)).toMatchObject([{ path: 'Coming', draftState: 'inactive' }]);
	});

	it('Page Tags lets only pages with one of the tags start something', async () => {
		const workflow = await published({ filters: { pageTags: ['Article:Guide', 'review'] } });
		scene.site.site.createPage('Guide', { tags: ['article:guide'] });
		scene.site.site.createPage('Other', { tags: ['article:topic'] });
		expect(await pagesOf(workflow, 2)).toMatchObject([{ path: 'Guide' }]);
	});

	/**
	 * n8n listens for one delivery and takes it, however late it responds. Meanwhile a copy of it, which
	 * Expert sends after a late response, would start a second test.
	 */
	function sendOnce(): void {
		const { settings } = scene.site;
		const { retries, deliveryTimeoutMs } = settings;
		Object.assign(settings, { retries: 0, deliveryTimeoutMs: 60_000 });
		onTestFinished(() => void Object.assign(settings, { retries, deliveryTimeoutMs }));
	}

	it('a test event has the same details', async () => {
		sendOnce();
		const workflow = await scene.workflow({ events: ['page_create'] });
		await scene.client.listenForTest(workflow.id, TRIGGER);
		scene.site.site.createPage('Tried', { title: 'Tried out' });
		expect(await pagesOf(workflow, 1)).toMatchObject([{ path: 'Tried', title: 'Tried out' }]);
		await workflow.noLongerListening();
	});

	it('a test event of a draft ends as a success without output', async () => {
		sendOnce();
		const workflow = await scene.workflow({
			events: ['page_create'],
			filters: { skipDrafts: true },
		});
		await scene.client.listenForTest(workflow.id, TRIGGER);
		scene.site.site.createDraft('Tried_draft');
		expect(await pagesOf(workflow, 1)).toEqual([]);
		await workflow.noLongerListening();
	});

	describe('with a token of its own', () => {
		let other: Scene;
		beforeAll(async () => (other = await Scene.share()));
		afterAll(async () => await other?.close());

		it('a token that has expired leaves the item, with the reason and nothing that the site says', async () => {
			const workflow = await other.published({
				events: ['page_create'],
				filters: { pageTags: ['review'] },
				// A watch would tell of the token by an execution of its own.
				additionalOptions: { repairWebhook: false, recoverMissedChanges: false },
			});
			other.site.expireTokens();
			other.site.site.createPage('Public', { title: 'Public' });
			const [execution] = await other.client.waitForExecutions(workflow.id, 1);
			const [item] = executionItems(execution!, TRIGGER);
			expect(item!.page).toMatchObject({
				path: 'Public',
				details: expect.stringMatching(/does not accept the token/),
			});
			expect(item!.page).not.toHaveProperty('title');
		});
	});
});
