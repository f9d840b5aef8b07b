import { randomUUID } from 'node:crypto';
import { withCode } from '../../support/n8n/settings.mts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Credential, Workflow } from '../../support/n8n/client.mts';
import {
	type Execution,
	executionError,
	executionItems,
	isFinished,
} from '../../support/n8n/executions.mts';
import { event, PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import type { EmitOptions, Page } from '../../support/simulator/index.mts';
import {
	createOutsideCredentials,
	OutsideWorld,
} from '../../support/e2e/outside/outside-world.mts';
import {
	jiraIssueType,
	jiraProject,
	slackAlerts,
	slackChannel,
} from '../../support/e2e/outside/service.mts';
import { Scene } from '../../support/e2e/scene.mts';
import {
	chosen,
	type FilledIn,
	importTemplate,
	isTrigger,
	template,
} from '../../support/e2e/template.mts';
import { elementAt, present } from '../../support/present.mts';
import { waitFor, waitUntil } from '../../support/wait.mts';

const toSlack = { 'Tell Slack': { channelId: chosen(slackChannel) } };

/** A title with everything that Slack and Jira could treat as a command of theirs. */
const oddTitle = 'Größe <!channel> & {code} *sure*';
const oddTitleInSlack = 'Größe &lt;!channel&gt; &amp; {code} *sure*';

/** An event that says neither which page nor who, of a time at which nothing happened. */
const thin: EmitOptions = { body: 'thin', at: new Date('2026-01-01T00:00:00Z') };
/** An event whose user is an ID and nothing else: see docs/vendor-facts.md#users-in-events. */
const byId: EmitOptions = { requestDetails: 'userId', by: 'editor' };

describe('a ready-made workflow, imported into a real n8n', () => {
	let scene: Scene;
	let world: OutsideWorld;
	let credentials: Credential[];
	/** Those of who has no Expert site yet. */
	let withoutSite: Credential[];
	beforeAll(async () => {
		world = await OutsideWorld.open();
		scene = await Scene.open({ requestDetails: 'user' }, { ...withCode, ...world.env });
		withoutSite = await createOutsideCredentials(scene.client, world);
		credentials = [scene.credential, ...withoutSite];
	});
	afterAll(async () => {
		await scene?.close();
		await world?.close();
	});

	/**
	 * Events name their user by ID only, until the end of the test: see
	 * docs/vendor-facts.md#users-in-events.
	 */
	function withUserIds(): void {
		const { settings } = scene.site;
		settings.requestDetails = 'userId';
		onTestFinished(() => void (settings.requestDetails = 'user'));
	}

	/** A thin event as it is; any other is about a new page at this path, which nobody is told of. */
	function about(path: string, event: EmitOptions): EmitOptions {
		if (event.body === 'thin') return event;
		return { ...event, page: scene.site.site.createPage(path, { by: event.by }).page };
	}

	/** Imports, fills in and publishes it. */
	async function published(name: string, filledIn: FilledIn = {}) {
		const { id } = await importTemplate(scene, name, credentials, filledIn);
		await scene.client.activate(id);
		return id;
	}

	async function publishedForTest(...of: Parameters<typeof published>) {
		const id = await published(...of);
		onTestFinished(async () => await scene.client.deactivate(id));
		return id;
	}

	/** The outside world refuses what has this text in it, until the end of the test at most. */
	function refuse(text: string): void {
		world.refused = text;
		onTestFinished(() => void (world.refused = undefined));
	}

	/** Its executions, all of which must have gone well. */
	async function executions(id: string, count: number) {
		const all = await scene.client.waitForExecutions(id, count);
		expect(all.map((execution) => executionError(execution))).toEqual(all.map(() => undefined));
		expect(all.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'success'));
		return all;
	}

	it('new-page-to-slack: sends the title, the address and the author of a new page', async () => {
		const id = await publishedForTest('new-page-to-slack', toSlack);
		scene.site.site.createPage('Guides/Größe', { title: oddTitle });
		// Both events of the page; one passes nothing on.
		await executions(id, 2);
		expect(world.sent('slack.com')).toMatchObject([
			{
				url: 'https://slack.com/api/chat.postMessage',
				body: {
					channel: slackChannel,
					text: `New page: ${oddTitleInSlack}, by Site Admin\n${scene.site.url}/Guides/Gr%C3%B6%C3%9Fe`,
				},
			},
		]);
	});

	it('new-page-to-slack: says nothing of a draft, and tells of its publication', async () => {
		const before = world.sent('slack.com').length;
		const id = await publishedForTest('new-page-to-slack', toSlack);
		withUserIds();
		const { pageId } = scene.site.site.createDraft('Guides/Coming', { title: 'Coming' });
		await executions(id, 1);
		expect(world.sent('slack.com').slice(before)).toEqual([]);
		scene.site.site.publishDraft(pageId);
		await executions(id, 2);
		expect(world.sent('slack.com').slice(before)).toMatchObject([
			{ body: { text: expect.stringMatching(/^New page: Coming, by Site Admin\nhttp/) } },
		]);
	});

	it('new-page-to-slack: says that the event names no page', async () => {
		const before = world.sent('slack.com').length;
		const id = await publishedForTest('new-page-to-slack', toSlack);
		scene.site.emit('page_create', thin);
		await executions(id, 1);
		expect(world.sent('slack.com').slice(before)).toMatchObject([
			{
				body: {
					text: 'New page: Expert does not say which, by unknown\n',
				},
			},
		]);
	});

	it('new-page-to-slack: names the path when the site cannot be asked', async () => {
		const { faults, site } = scene.site;
		const before = world.sent('slack.com').length;
		const id = await publishedForTest('new-page-to-slack', toSlack);
		faults.add({ match: { path: '/deki/pages/' }, effect: { status: 500 } });
		onTestFinished(() => faults.clear());
		site.createPage('Guides/Unseen', { title: 'Unseen', by: 'editor' });
		const all = await scene.client.waitForExecutions(id, 2);
		// Its first text says that readers can open it, its creation does not.
		expect(all.map(({ status }) => status).toSorted()).toEqual(['error', 'success']);
		expect(world.sent('slack.com').slice(before)).toMatchObject([
			{ body: { text: `New page: Guides/Unseen, by editor\n${scene.site.url}/Guides/Unseen` } },
		]);
	});

	it('new-page-to-jira: creates an issue with the title and the address', async () => {
		const id = await publishedForTest('new-page-to-jira', {
			'Create an issue': { project: chosen(jiraProject), issueType: chosen(jiraIssueType) },
		});
		const longTitle = `Line\nbreak ${'long '.repeat(100)}`;
		scene.site.site.createPage('Guides/One', { title: oddTitle });
		await executions(id, 2);
		scene.site.site.createPage('Guides/Two', { title: longTitle });
		await executions(id, 4);
		const [first, second] = world.sent('example.atlassian.net');
		expect(first!.body.fields).toMatchObject({
			project: { id: jiraProject },
			issuetype: { id: jiraIssueType },
			summary: `New page: ${oddTitle}`,
			description: expect.stringMatching(
				`Page: ${scene.site.url}/Guides/One\nBy: Site Admin\nAt: 20`,
			),
		});
		expect(second!.body.fields.summary).toMatch(/^New page: Line break long /);
	});

	it.each([
		[
			'names no page',
			thin,
			'Expert does not say which',
			/Page: Expert does not .*\nBy: unknown\nAt: 20/,
		],
		['names its user by ID only', byId, 'By number', /\/By_number\nBy: Edda Editor\nAt: 20/],
	])('new-page-to-jira: creates an issue when the event %s', async (_case, kind, title, text) => {
		const event = about('By_number', kind);
		const before = world.sent('example.atlassian.net').length;
		const id = await publishedForTest('new-page-to-jira', {
			'Create an issue': { project: chosen(jiraProject), issueType: chosen(jiraIssueType) },
		});
		scene.site.emit('page_create', event);
		await executions(id, 1);
		expect(world.sent('example.atlassian.net').slice(before)).toMatchObject([
			{
				body: {
					fields: { summary: `New page: ${title}`, description: expect.stringMatching(text) },
				},
			},
		]);
	});

	it('page-deleted-alert: mails which page it was, and who deleted it', async () => {
		const id = await publishedForTest('page-deleted-alert', {
			'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' },
		});
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/Old_page', { title: oddTitle });
		site.createUser('editor-ann', { role: 'Contributor' });
		site.deletePage('Guides/Old_page', { by: 'editor-ann' });
		await executions(id, 1);
		expect(world.mail.mails).toHaveLength(1);
		const [mail] = world.mail.mails;
		expect(mail!.subject).toBe(`Page deleted: ${oddTitle}`);
		expect(mail!.text).toContain('Path: Guides/Old_page\nDeleted by: editor-ann\nDeleted at: 20');
		expect(mail!.text).toContain(`(page ${pageId})`);
	});

	it('page-deleted-alert: mails who deleted the page when only the archive says so', async () => {
		const { settings, site } = scene.site;
		settings.requestDetails = 'none';
		onTestFinished(() => void (settings.requestDetails = 'user'));
		const id = await publishedForTest('page-deleted-alert', {
			'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' },
		});
		site.createPage('Guides/Archived');
		site.deletePage('Guides/Archived', { by: 'editor' });
		await executions(id, 1);
		expect(world.mail.mails.at(-1)!.text).toContain('Deleted by: Edda Editor\nDeleted at: 20');
	});

	it('page-deleted-alert: is sent all the same when nobody says more than the path', async () => {
		const { settings, faults, site } = scene.site;
		const id = await publishedForTest('page-deleted-alert', {
			'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' },
		});
		site.createPage('Guides/Gone');
		settings.requestDetails = 'none';
		faults.add({ match: { path: /archive|pages\/\d+$/ }, effect: { status: 403 } });
		site.deletePage('Guides/Gone');
		await executions(id, 1);
		const mail = world.mail.mails.at(-1)!;
		expect(mail.subject).toBe('Page deleted: Guides/Gone');
		expect(mail.text).toContain('Path: Guides/Gone\nDeleted by: unknown\n');
		settings.requestDetails = 'user';
		faults.clear();
	});

	it.each([
		[
			'names no page',
			thin,
			'Page deleted: unknown',
			/Path: unknown\nDeleted by: unknown\n.*\n\nThe event of Expert does not say which page/,
		],
		[
			'names its user by ID only',
			byId,
			'Page deleted: Gone_too',
			/Path: Gone_too\nDeleted by: editor\n/,
		],
		[
			'is about the home page',
			{ page: { id: 99, path: '' } },
			'Page deleted: the home page',
			/Path: the home page\n/,
		],
	])('page-deleted-alert: is sent when the event %s', async (_case, event, subject, text) => {
		const id = await publishedForTest('page-deleted-alert', {
			'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' },
		});
		const before = world.mail.mails.length;
		// No such page is in the archive.
		scene.site.emit('page_delete', { page: { id: 4711, path: 'Gone_too' }, ...event });
		await executions(id, 1);
		expect(world.mail.mails).toHaveLength(before + 1);
		expect(world.mail.mails[before]).toMatchObject({ subject, text: expect.stringMatching(text) });
	});

	it('content-updated-review-tag: tags an edited page once, and keeps its other tags', async () => {
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/Edited', { tags: ['article:topic'] });
		const id = await publishedForTest('content-updated-review-tag');
		site.editPage(pageId, { by: 'editor' });
		await executions(id, 1);
		await scene.site.idle();
		expect(site.page(pageId).tags).toEqual(['article:topic', 'review']);
		await executions(id, 1);
	});

	it('content-updated-review-tag: is not started by the user of its own token', async () => {
		withUserIds();
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/Own');
		const id = await publishedForTest('content-updated-review-tag');
		// Publishing has stored who that is, and nothing of it but the id.
		const stored = Object.entries(scene.database.staticData(id).global);
		const [, users] = stored.find(([name]) => name.startsWith('cxoneExpertUsers:'))!;
		expect(users).toEqual({ for: expect.any(String), excluded: [], own: '1' });
		site.editPage(pageId, { by: 'admin' });
		await scene.site.idle();
		site.editPage(pageId, { by: 'editor' });
		const [execution] = await executions(id, 1);
		expect(executionItems(execution!, 'Page edited')).toMatchObject([{ user: { id: '4' } }]);
		expect(site.page(pageId).tags).toEqual(['review']);
	});

	it('content-updated-review-tag: fails and says so when nobody can tell which page it was', async () => {
		const id = await publishedForTest('content-updated-review-tag');
		scene.site.emit('pagecontent_update', thin);
		const [execution] = await scene.client.waitForExecutions(id, 1);
		expect(execution!.status).toBe('error');
		expect(executionError(execution!)).toMatch(/No page is named/);
	});

	it('high-volume: hands each event to a workflow that does the work', async () => {
		const work = await scene.subWorkflow('return $input.all();');
		await scene.client.activate(work.id);
		const id = await publishedForTest('high-volume', {
			'Start the follow-up': { workflowId: chosen(work.id) },
		});
		const { pageId } = scene.site.site.createPage('Busy');
		// The creation and the content update that comes with it.
		await executions(id, 2);
		const pages = (await executions(work.id, 2)).flatMap((execution) =>
			executionItems(execution, 'When called').map(({ page }) => page.id),
		);
		expect(pages).toEqual([`${pageId}`, `${pageId}`]);
		await scene.client.deactivate(work.id);
	});

	it('watchdog: tells each thing that is wrong with a webhook once, and changes nothing', async () => {
		const { site } = scene;
		const before = world.sent('slack.com').length;
		const watched = await scene.published({
			events: ['page_create'],
			additionalOptions: { repairWebhook: false },
		});
		const { id: webhook } = watched.webhooks()[0]!;
		site.disableWebhook(webhook, '1');
		const id = await publishedForTest('watchdog', {
			'Every 5 minutes': { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } },
			Alert: { channelId: chosen(slackAlerts) },
		});
		const { told, laterNews } = await watch(id);
		expect(told).toContainEqual(expect.stringContaining('Expert has disabled it'));
		expect(laterNews).toEqual([]);
		expect(await scene.client.failedExecutions(id)).toEqual([]);
		const alerts = world.sent('slack.com').slice(before);
		expect(alerts.map(({ body }) => body.channel)).toEqual(alerts.map(() => slackAlerts));
		const texts = alerts.map(({ body }) => body.text as string);
		expect(texts).toEqual(
			expect.arrayContaining(told.map((text) => expect.stringContaining(text))),
		);
		expect(watched.webhooks()).toMatchObject([{ id: webhook, active: false }]);
		await scene.client.deactivate(watched.id);
	});

	it('watchdog: an alert that Slack does not take fails the execution and comes again', async () => {
		const watched = await scene.published({
			events: ['page_create'],
			additionalOptions: { repairWebhook: false },
		});
		onTestFinished(async () => await scene.client.deactivate(watched.id));
		scene.site.disableWebhook(watched.webhooks()[0]!.id, '1');
		refuse('');
		const id = await publishedForTest('watchdog', {
			'Every 5 minutes': { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } },
			Alert: { channelId: chosen(slackAlerts) },
		});
		const [refused] = await scene.client.waitForExecutions(id, 1);
		expect(refused!.status).toBe('error');
		world.refused = undefined;
		const { told, laterNews } = await watch(id);
		expect(told).toContainEqual(expect.stringContaining('Expert has disabled it'));
		expect(laterNews).toEqual([]);
	});

	/**
	 * Waits until a watchdog has told something, and for two executions that have begun after that. Those
	 * that began before may tell it, too, when they overlap: here there are seconds between them.
	 */
	async function watch(id: string): Promise<{ told: string[]; laterNews: string[] }> {
		const { client } = scene;
		const newsOf = (execution: Execution) =>
			executionItems(execution, 'What is new?').map(({ text }) => text as string);
		const told = await waitFor('the watchdog has told something', async () => {
			const ended = await client.executionsWithData(id);
			return ended.find((each) => each.status === 'success' && newsOf(each).length > 0);
		});
		const begun = Math.max(...(await client.executions(id)).map((each) => Number(each.id)));
		const later = await waitFor('the watchdog has looked twice more', async () => {
			const all = await client.executionsWithData(id);
			const ended = all.filter((each) => Number(each.id) > begun && isFinished(each));
			return ended.length >= 2 ? ended : undefined;
		});
		expect(later.map(({ status }) => status)).toEqual(later.map(() => 'success'));
		return { told: newsOf(told), laterNews: later.flatMap(newsOf) };
	}

	describe('with 12 events in one execution', () => {
		const titles = Array.from({ length: 12 }, (_, index) => `Burst ${index + 1}`);
		const unlucky = 'Burst 6';

		/** New pages of which n8n is not told: no workflow is published yet. */
		function twelvePages(): Page[] {
			return titles.map((title) => scene.site.site.createPage(`${randomUUID()}`, { title }).page);
		}

		/** Publishes it with an error workflow. */
		async function alarmed({ id, settings }: Workflow): Promise<string> {
			const { client } = scene;
			const alarm = await scene.errorWorkflow();
			await client.updateWorkflow(id, { settings: { ...settings, errorWorkflow: alarm } });
			await client.activate(id);
			onTestFinished(async () => await client.deactivate(id));
			return alarm;
		}

		/** Imports and publishes it, and sends one delivery with an event about each page. */
		async function deliver(name: string, filledIn: FilledIn, type: string, pages: Page[]) {
			const workflow = await importTemplate(scene, name, credentials, filledIn);
			const { id, nodes } = workflow;
			const alarm = await alarmed(workflow);
			const { webhookId } = present(nodes.find(isTrigger), 'trigger');
			const events = pages.map((page) => event({ type, page: String(page.id) }));
			const body = `<events>${events.join('')}</events>`;
			await new PublishedTrigger(scene, id, webhookId).deliver({ body });
			return { id, alarm };
		}

		/** The pages that these texts are about, in order. */
		function about(texts: string[]): string[] {
			return texts.flatMap((text) => /Burst \d+/.exec(text) ?? []);
		}

		const inSlack = () => world.sent('slack.com').map(({ body }) => body.text as string);
		const inJira = () =>
			world.sent('example.atlassian.net').map(({ body }) => body.fields.summary as string);
		const byMail = () => world.mail.mails.map(({ subject }) => subject ?? '');
		const [toJira, toTeam] = [
			{ 'Create an issue': { project: chosen(jiraProject), issueType: chosen(jiraIssueType) } },
			{ 'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' } },
		];

		it.each([
			['new-page-to-slack', toSlack, 'page:create', inSlack],
			['new-page-to-jira', toJira, 'page:create', inJira],
			['page-deleted-alert', toTeam, 'page:delete', byMail],
		])(
			'%s: stops at one that is refused three times, and goes on there when it is retried',
			async (name, filledIn, type, tried) => {
				const pages = twelvePages();
				if (type === 'page:delete') for (const page of pages) scene.site.site.deletePage(page.path);
				refuse(unlucky);
				const { id, alarm } = await deliver(name, filledIn, type, pages);
				await scene.client.waitForExecutions(alarm, 1);
				const [failed] = await scene.client.executions(id);
				expect(failed).toMatchObject({ status: 'error', mode: 'webhook' });
				const before = [...titles.slice(0, 6), unlucky, unlucky];
				expect(about(tried())).toEqual(before);
				world.refused = undefined;
				await scene.client.retry(failed!.id);
				await waitUntil('all are done', () => about(tried()).length >= before.length + 7);
				const [, again] = await scene.client.waitForExecutions(id, 2);
				expect(again!.status).toBe('success');
				expect(about(tried())).toEqual([...before, ...titles.slice(5)]);
			},
		);

		it('content-updated-review-tag: tags the others, and only the one that was refused when it is retried', async () => {
			const { site, faults, apiCalls } = scene.site;
			const pages = twelvePages();
			const refused = elementAt(pages, 5);
			faults.add({ match: { path: `/pages/${refused.id}/tags` }, effect: { status: 403 } });
			onTestFinished(() => faults.clear());
			const name = 'content-updated-review-tag';
			const { id, alarm } = await deliver(name, {}, 'page.content:update', pages);
			await scene.client.waitForExecutions(alarm, 1);
			const tagged = () => pages.filter((page) => site.page(page.id).tags.includes('review'));
			expect(tagged()).toEqual(pages.filter((page) => page !== refused));
			const [failed] = await scene.client.waitForExecutions(id, 1);
			expect(failed!.status).toBe('error');
			expect(executionItems(failed!, 'Add the tag')).toContainEqual(
				expect.objectContaining({ error: expect.any(String), page: expect.anything() }),
			);
			faults.clear();
			const calls = apiCalls.length;
			await scene.client.retry(failed!.id);
			await waitUntil('the last is tagged', () => tagged().length === 12);
			const changes = apiCalls.slice(calls).filter(({ method }) => method !== 'GET');
			expect(changes.map(({ path }) => path)).toEqual([
				expect.stringContaining(`/pages/${refused.id}/tags`),
			]);
		});

		it('high-volume: one whose follow-up fails stops no other, and fails by itself', async () => {
			const pages = twelvePages();
			const refused = elementAt(pages, 5).id;
			const work = await scene.subWorkflow(
				`if ($input.first().json.page.id === '${refused}') throw new Error('Refused'); return $input.all();`,
			);
			const alarm = await alarmed(work);
			const follow = { 'Start the follow-up': { workflowId: chosen(work.id) } };
			const { id } = await deliver('high-volume', follow, 'page:create', pages);
			const runs = await scene.client.waitForExecutions(work.id, 12);
			const about = runs.map((run) =>
				executionItems(run, 'When called').map(({ page }) => page.id),
			);
			expect(about.sort()).toEqual(pages.map((page) => [String(page.id)]).sort());
			const [failed, ...others] = runs.filter(({ status }) => status === 'error');
			expect(others).toEqual([]);
			expect(executionItems(failed!, 'When called')).toMatchObject([
				{ page: { id: `${refused}` } },
			]);
			await executions(alarm, 1);
			await executions(id, 1);
		});
	});

	describe('before anything has happened at a site', () => {
		/** "Import from File", then "Execute workflow": without a credential for Expert, and nothing published. */
		async function execute(name: string, filledIn: FilledIn = {}) {
			const calls = scene.site.apiCalls.length;
			const { id, nodes } = await importTemplate(scene, name, withoutSite, filledIn);
			const trigger = present(nodes.find(isTrigger), 'trigger').name;
			await scene.client.runFrom(id, trigger);
			const [execution] = await scene.client.waitForExecutions(id, 1);
			expect(executionError(execution!)).toBeUndefined();
			expect(execution).toMatchObject({ mode: 'manual', status: 'success' });
			const samples = present(template(name).pinData, 'samples')[trigger]!;
			expect(executionItems(execution!, trigger)).toEqual(samples.map(({ json }) => json));
			expect(scene.site.apiCalls.slice(calls)).toEqual([]);
			return execution!;
		}

		it('new-page-to-slack: sends a message about its sample', async () => {
			await execute('new-page-to-slack', { 'Tell Slack': { channelId: chosen(slackChannel) } });
			const message = world.sent('slack.com').at(-1);
			expect(message?.body).toMatchObject({
				channel: slackChannel,
				text: 'New page: Setup, by Jane Doe\nhttps://help.example.com/Guides/Setup',
			});
		});

		it('new-page-to-jira: creates an issue about its sample', async () => {
			const issue = { project: chosen(jiraProject), issueType: chosen(jiraIssueType) };
			await execute('new-page-to-jira', { 'Create an issue': issue });
			const request = world.sent('example.atlassian.net').at(-1);
			expect(request?.body).toMatchObject({ fields: { summary: 'New page: Setup' } });
		});

		it('page-deleted-alert: mails about its sample', async () => {
			const addresses = { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' };
			await execute('page-deleted-alert', { 'Send an alert': addresses });
			expect(world.mail.mails.at(-1)).toMatchObject({ subject: 'Page deleted: Setup' });
		});

		it('content-updated-review-tag: shows what tagging its sample gives, and tags nothing', async () => {
			const execution = await execute('content-updated-review-tag');
			expect(executionItems(execution, 'Add the tag')).toMatchObject([
				{ page: { id: '371' }, added: ['review'] },
			]);
		});

		it('high-volume: hands its samples to another workflow', async () => {
			const called = await scene.subWorkflow('return $input.all();');
			await execute('high-volume', { 'Start the follow-up': { workflowId: chosen(called.id) } });
			const [first] = await scene.client.waitForExecutions(called.id, 2);
			expect(executionItems(first!, 'Next')[0]).toMatchObject({ eventType: 'page_create' });
		});
	});

	it('all ready-made workflows: call no other service', () => {
		expect(world.strays.map(({ url }) => url)).toEqual([]);
	});
});
