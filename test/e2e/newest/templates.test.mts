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
import type { EmitOptions, Page, Simulator } from '../../support/simulator/index.mts';
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

const [SLACK, JIRA, MAIL] = [
	'new-page-to-slack',
	'new-page-to-jira',
	'page-deleted-alert',
] as const;
const [TAG, VOLUME] = ['content-updated-review-tag', 'high-volume'] as const;

/** What a person fills in. */
const FILLED_IN: Record<string, FilledIn> = {
	[SLACK]: { 'Tell Slack': { channelId: chosen(slackChannel) } },
	[JIRA]: {
		'Create an issue': { project: chosen(jiraProject), issueType: chosen(jiraIssueType) },
	},
	[MAIL]: { 'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' } },
	watchdog: {
		'Every 5 minutes': { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } },
		Alert: { channelId: chosen(slackAlerts) },
	},
};

/** What each sends to the outside world, one text a message. */
const SENT: Record<string, (world: OutsideWorld) => string[]> = {
	[SLACK]: (world) => world.sent('slack.com').map(({ body }) => `${body.channel}: ${body.text}`),
	[JIRA]: (world) =>
		world.sent('example.atlassian.net').map(({ body: { fields } }) => {
			const { project, issuetype, summary, description } = fields;
			return `${project.id} ${issuetype.id}: ${summary}\n${description}`;
		}),
	[MAIL]: ({ mail }) => mail.mails.map(({ subject, text }) => `${subject}\n${text}`),
};

/** A title with everything that Slack and Jira could treat as a command of theirs. */
const ODD_TITLE = 'Größe <!channel> & {code} *sure*';
const LONG_TITLE = `Line\nbreak ${'long '.repeat(100)}`;

/** An event that says neither which page nor who, of a time at which nothing happened. */
const thin: EmitOptions = { body: 'thin', at: new Date('2026-01-01T00:00:00Z') };

/** Events name their user by ID only: see docs/vendor-facts.md#users-in-events. */
const withUserIds = ({ settings }: Simulator) => void (settings.requestDetails = 'userId');
const withoutUsers = ({ settings }: Simulator) => void (settings.requestDetails = 'none');

/** What happens at the site; how many executions end how; what the outside world is told. */
interface Case {
	of: string;
	what: string;
	happens: (simulator: Simulator) => void;
	ends: string[];
	sent: RegExp[];
}

const goodAndGood = ['success', 'success'];

const CASES: Case[] = [
	{
		// Both events of the page; one passes nothing on.
		...{ of: SLACK, what: 'an odd title, the address and the author', ends: goodAndGood },
		happens: ({ site }) => void site.createPage('Guides/Größe', { title: ODD_TITLE }),
		sent: [
			/^C0123TEST: Page Published: Größe &lt;!channel&gt; &amp; \{code\} \*sure\*, by Site Admin\nhttp.*\/Guides\/Gr%C3%B6%C3%9Fe$/,
		],
	},
	{
		...{ of: SLACK, what: 'nothing of a draft, and its publication', ends: goodAndGood },
		happens: (simulator) => {
			withUserIds(simulator);
			const { pageId } = simulator.site.createDraft('Guides/Coming', { title: 'Coming' });
			simulator.site.publishDraft(pageId);
		},
		sent: [/: Page Published: Coming, by Site Admin\nhttp/],
	},
	{
		...{ of: SLACK, what: 'that the event names no page', ends: ['success'] },
		happens: (simulator) => void simulator.emit('page_create', thin),
		sent: [/: Page Created: Expert does not say which, by unknown\n$/],
	},
	{
		// Its first text says that readers can open it, its creation does not.
		...{ of: SLACK, what: 'the path when the site cannot be asked', ends: ['error', 'success'] },
		happens: ({ faults, site }) => {
			faults.add({ match: { path: '/deki/pages/' }, effect: { status: 500 } });
			site.createPage('Guides/Unseen', { title: 'Unseen', by: 'editor' });
		},
		sent: [/: Page Published: Guides\/Unseen, by editor\nhttp.*\/Guides\/Unseen$/],
	},
	{
		...{ of: JIRA, what: 'an odd title, the address, the author and the time', ends: goodAndGood },
		happens: ({ site }) => void site.createPage('Guides/One', { title: ODD_TITLE }),
		sent: [
			/^10000 10002: Page Published: Größe <!channel> & \{code\} \*sure\*\n.*Page: http.*\/Guides\/One\nBy: Site Admin\nAt: 20/s,
		],
	},
	{
		...{ of: JIRA, what: 'a title of two long lines', ends: goodAndGood },
		happens: ({ site }) => void site.createPage('Guides/Two', { title: LONG_TITLE }),
		sent: [/: Page Published: Line break long /],
	},
	{
		...{ of: JIRA, what: 'that the event names no page', ends: ['success'] },
		happens: (simulator) => void simulator.emit('page_create', thin),
		sent: [
			/: Page Created: Expert does not say which\n.*Page: Expert does not .*\nBy: unknown\nAt: 20/s,
		],
	},
	{
		...{ of: JIRA, what: 'the name of a user whom the event names by ID', ends: goodAndGood },
		happens: (simulator) => {
			withUserIds(simulator);
			simulator.site.createPage('By_number', { by: 'editor' });
		},
		sent: [/: Page Published: By number\n.*\/By_number\nBy: Edda Editor\nAt: 20/s],
	},
	{
		...{ of: MAIL, what: 'which page it was, and who deleted it', ends: ['success'] },
		happens: ({ site }) => {
			site.createPage('Guides/Old_page', { title: ODD_TITLE });
			site.createUser('editor-ann', { role: 'Contributor' });
			site.deletePage('Guides/Old_page', { by: 'editor-ann' });
		},
		sent: [
			/^Page deleted: Größe <!channel> & \{code\} \*sure\*\n.*Path: Guides\/Old_page\nDeleted by: editor-ann\nDeleted at: 20.*\(page \d+\)/s,
		],
	},
	{
		...{ of: MAIL, what: 'who deleted the page when only the archive says so', ends: ['success'] },
		happens: (simulator) => {
			withoutUsers(simulator);
			simulator.site.createPage('Guides/Archived');
			simulator.site.deletePage('Guides/Archived', { by: 'editor' });
		},
		sent: [/Deleted by: Edda Editor\nDeleted at: 20/],
	},
	{
		...{ of: MAIL, what: 'the path when nobody says more', ends: ['success'] },
		happens: (simulator) => {
			withoutUsers(simulator);
			simulator.site.createPage('Guides/Gone');
			const match = { path: /archive|pages\/\d+$/ };
			simulator.faults.add({ match, effect: { status: 403 } });
			simulator.site.deletePage('Guides/Gone');
		},
		sent: [/^Page deleted: Guides\/Gone\n.*Path: Guides\/Gone\nDeleted by: unknown\n/s],
	},
	{
		...{ of: MAIL, what: 'that the event names no page', ends: ['success'] },
		happens: (simulator) => void simulator.emit('page_delete', thin),
		sent: [
			/^Page deleted: unknown\n.*Path: unknown\nDeleted by: unknown\n.*\n\nThe event of Expert does not say which page/s,
		],
	},
	{
		...{ of: MAIL, what: 'that it was the home page', ends: ['success'] },
		happens: (simulator) => void simulator.emit('page_delete', { page: { id: 99, path: '' } }),
		sent: [/^Page deleted: the home page\n.*Path: the home page\n/s],
	},
];

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

	/** Imports, fills in and publishes it until the end of the test, in which the site is changed. */
	async function published(name: string, filledIn = FILLED_IN[name]): Promise<string> {
		const { id } = await importTemplate(scene, name, credentials, filledIn);
		await scene.client.activate(id);
		onTestFinished(async () => {
			scene.site.settings.requestDetails = 'user';
			scene.site.faults.clear();
			await scene.client.deactivate(id);
		});
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

	const cases = CASES.map((each) => [each.of, each.what, each] as const);
	it.each(cases)('%s: tells %s', async (of, _what, { happens, ends, sent }) => {
		const told = () => present(SENT[of], of)(world);
		const before = told().length;
		const id = await published(of);
		happens(scene.site);
		const all = await scene.client.waitForExecutions(id, ends.length);
		expect(all.map(({ status }) => status).toSorted()).toEqual(ends);
		expect(told().slice(before)).toEqual(sent.map((text) => expect.stringMatching(text) as string));
	});

	it(`${TAG}: tags an edited page once, keeps its other tags, and is not started by the user of its own token`, async () => {
		withUserIds(scene.site);
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/Edited', { tags: ['article:topic'] });
		const id = await published(TAG);
		// Publishing has stored who that is, and nothing of it but the id.
		const stored = Object.entries(scene.database.staticData(id).global);
		const [, users] = stored.find(([name]) => name.startsWith('cxoneExpertUsers:'))!;
		expect(users).toEqual({ for: expect.any(String), excluded: [], own: '1' });
		site.editPage(pageId, { by: 'admin' });
		await scene.site.idle();
		site.editPage(pageId, { by: 'editor' });
		await executions(id, 1);
		await scene.site.idle();
		expect(site.page(pageId).tags).toEqual(['article:topic', 'review']);
		const [execution] = await executions(id, 1);
		expect(executionItems(execution!, 'Page edited')).toMatchObject([{ user: { id: '4' } }]);
	});

	it(`${TAG}: fails and says so when nobody can tell which page it was`, async () => {
		const id = await published(TAG);
		scene.site.emit('pagecontent_update', thin);
		const [execution] = await scene.client.waitForExecutions(id, 1);
		expect(execution!.status).toBe('error');
		expect(executionError(execution!)).toMatch(/No page is named/);
	});

	it('watchdog: tells each thing that is wrong with a webhook once, again after Slack has refused it, and changes nothing', async () => {
		const { site } = scene;
		const watched = await scene.published({
			events: ['page_create'],
			additionalOptions: { repairWebhook: false },
		});
		onTestFinished(async () => await scene.client.deactivate(watched.id));
		const { id: webhook } = watched.webhooks()[0]!;
		site.disableWebhook(webhook, '1');
		refuse('');
		const id = await published('watchdog');
		const [refused] = await scene.client.waitForExecutions(id, 1);
		expect(refused!.status).toBe('error');
		world.refused = undefined;
		const before = world.sent('slack.com').length;
		const { told, laterNews } = await watch(id);
		expect(told).toContainEqual(expect.stringContaining('Expert has disabled it'));
		expect(laterNews).toEqual([]);
		const alerts = present(SENT[SLACK], SLACK)(world).slice(before);
		const texts = told.map((text) => expect.stringContaining(text) as string);
		expect(alerts).toEqual(expect.arrayContaining(texts));
		expect(alerts.filter((alert) => !alert.startsWith(`${slackAlerts}: `))).toEqual([]);
		expect(watched.webhooks()).toMatchObject([{ id: webhook, active: false }]);
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
		async function deliver(name: string, type: string, pages: Page[], filledIn = FILLED_IN[name]) {
			const workflow = await importTemplate(scene, name, credentials, filledIn);
			const { id, nodes } = workflow;
			const alarm = await alarmed(workflow);
			const { webhookId } = present(nodes.find(isTrigger), 'trigger');
			const events = pages.map((page) => event({ type, page: String(page.id) }));
			const body = `<events>${events.join('')}</events>`;
			await new PublishedTrigger(scene, id, webhookId).deliver({ body });
			return { id, alarm };
		}

		it.each([
			[SLACK, 'page:create'],
			[JIRA, 'page:create'],
			[MAIL, 'page:delete'],
		])(
			'%s: stops at one that is refused three times, and goes on there when it is retried',
			async (name, type) => {
				const tried = () =>
					present(SENT[name], name)(world).flatMap((text) => /Burst \d+/.exec(text) ?? []);
				const pages = twelvePages();
				if (type === 'page:delete') for (const page of pages) scene.site.site.deletePage(page.path);
				refuse(unlucky);
				const { id, alarm } = await deliver(name, type, pages);
				await scene.client.waitForExecutions(alarm, 1);
				const [failed] = await scene.client.executions(id);
				expect(failed).toMatchObject({ status: 'error', mode: 'webhook' });
				const before = [...titles.slice(0, 6), unlucky, unlucky];
				expect(tried()).toEqual(before);
				world.refused = undefined;
				await scene.client.retry(failed!.id);
				await waitUntil('all are done', () => tried().length >= before.length + 7);
				const [, again] = await scene.client.waitForExecutions(id, 2);
				expect(again!.status).toBe('success');
				expect(tried()).toEqual([...before, ...titles.slice(5)]);
			},
		);

		it(`${TAG}: tags the others, and only the one that was refused when it is retried`, async () => {
			const { site, faults, apiCalls } = scene.site;
			const pages = twelvePages();
			const refused = elementAt(pages, 5);
			faults.add({ match: { path: `/pages/${refused.id}/tags` }, effect: { status: 403 } });
			onTestFinished(() => faults.clear());
			const { id, alarm } = await deliver(TAG, 'page.content:update', pages);
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

		it(`${VOLUME}: hands each to a workflow of its own, and one that fails stops no other`, async () => {
			const pages = twelvePages();
			const refused = elementAt(pages, 5).id;
			const work = await scene.subWorkflow(
				`if ($input.first().json.page.id === '${refused}') throw new Error('Refused'); return $input.all();`,
			);
			const alarm = await alarmed(work);
			const follow = { 'Start the follow-up': { workflowId: chosen(work.id) } };
			const { id } = await deliver(VOLUME, 'page:create', pages, follow);
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
		async function execute(name: string, filledIn = FILLED_IN[name]) {
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

		it.each([
			[SLACK, /Page Published: Setup, by Jane Doe\nhttps:\/\/help\.example\.com\/Guides\/Setup$/],
			[JIRA, /Page Published: Setup\n/],
			[MAIL, /^Page deleted: Setup\n/],
		])('%s: tells of its sample', async (name, text) => {
			await execute(name);
			expect(present(SENT[name], name)(world).at(-1)).toMatch(text);
		});

		it(`${TAG}: shows what tagging its sample gives, and tags nothing`, async () => {
			const execution = await execute(TAG);
			expect(executionItems(execution, 'Add the tag')).toMatchObject([
				{ page: { id: '371' }, added: ['review'] },
			]);
		});

		it(`${VOLUME}: hands its samples to another workflow`, async () => {
			const called = await scene.subWorkflow('return $input.all();');
			await execute(VOLUME, { 'Start the follow-up': { workflowId: chosen(called.id) } });
			const [first] = await scene.client.waitForExecutions(called.id, 2);
			expect(executionItems(first!, 'Next')[0]).toMatchObject({ eventType: 'page_create' });
		});
	});

	it('all ready-made workflows: call no other service', () => {
		expect(world.strays.map(({ url }) => url)).toEqual([]);
	});
});
