import { randomUUID } from 'node:crypto';
import { n8nVersion } from '../../support/n8n/runtime.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Credential, Workflow } from '../../support/n8n/client.mts';
import { type Execution, executionError, executionItems } from '../../support/n8n/executions.mts';
import { event, PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import type { EmitOptions, Page, Simulator } from '../../support/simulator/index.mts';
import {
	createOutsideCredentials,
	OutsideWorld,
} from '../../support/e2e/outside/outside-world.mts';
import {
	jiraIssueType,
	jiraProject,
	slackChannel,
	team,
	teamsChannel,
} from '../../support/e2e/outside/service.mts';
import { LanguageModel } from '../../support/e2e/language-model.mts';
import { Scene } from '../../support/e2e/scene.mts';
import {
	chosen,
	type FilledIn,
	importTemplate,
	isTrigger,
	type PinData,
	template,
	templateNames,
} from '../../support/e2e/template.mts';
import { send } from '../../support/http.mts';
import { type PostgresServer, startPostgres } from '../../support/n8n/postgres.mts';
import { elementAt, present } from '../../support/present.mts';
import { lacks } from '../../support/programs.mts';
import { waitFor, waitUntil } from '../../support/wait.mts';

const [CHAT, MAIL, VOLUME] = [
	'new-page-to-slack-and-teams',
	'page-deleted-alert',
	'high-volume',
] as const;
const [TICKET, REVIEW, DIGEST] = ['ticket-to-draft', 'edit-review', 'weekly-digest'] as const;
const [STORE, GAPS, DATES] = [
	'vector-store',
	'search-gaps-and-broken-links-to-jira',
	'review-dates',
] as const;

/** What a person fills in. */
const slackNode = { channelId: chosen(slackChannel) };
const issueNode = { project: chosen(jiraProject), issueType: chosen(jiraIssueType) };
const mailNode = { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' };
const FILLED_IN: Record<string, FilledIn> = {
	[CHAT]: {
		'Tell Slack': slackNode,
		'Tell Teams': { teamId: chosen(team), channelId: chosen(teamsChannel) },
	},
	[MAIL]: { 'Send an alert': mailNode },
	[REVIEW]: { 'Keep it?': slackNode, 'Say it was edited again': slackNode },
	[DIGEST]: { 'Send the digest': mailNode },
	[GAPS]: { 'Issue for searches': issueNode, 'Issue for links': issueNode },
	[DATES]: { 'Send the list': mailNode },
};

/** Services that no test plays, by what they would give. */
const SERVICES: PinData = {
	'Empty the store': [{ json: { success: true } }],
	'Remove the page': [{ json: { success: true } }],
	Store: [{ json: { pageContent: 'text', metadata: {} } }],
};

/** What each sends to the outside world, one text a message. */
const SENT: Record<string, (world: OutsideWorld) => string[]> = {
	[CHAT]: (world) => world.sent('slack.com').map(({ body }) => `${body.channel}: ${body.text}`),
	[GAPS]: (world) =>
		world.sent('example.atlassian.net').flatMap(({ body: { fields } }) => {
			if (fields === undefined) return [];
			const { project, issuetype, summary, description } = fields;
			return `${project.id} ${issuetype.id}: ${summary}\n${description}`;
		}),
	[MAIL]: ({ mail }) => mail.mails.map(({ subject, text }) => `${subject}\n${text}`),
};

interface MigrationReport {
	report: { workflowResults: Array<{ ruleTitle: string; nbAffectedWorkflows: number }> };
}

/** What a filter lets through. */
function kept(execution: Execution, node: string) {
	const [run] = execution.data?.resultData.runData[node] ?? [];
	return (run?.data?.main[0] ?? []).map(({ json }) => json);
}

const mailsIn = present(SENT[MAIL], MAIL);

/** A title with everything that Slack could treat as a command of its own. */
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
		...{ of: CHAT, what: 'an odd title, the address and the author', ends: goodAndGood },
		happens: ({ site }) => void site.createPage('Guides/Größe', { title: ODD_TITLE }),
		sent: [
			/^C0123TEST: Page Published: Größe &lt;!channel&gt; &amp; \{code\} \*sure\*, by Site Admin\nhttp.*\/Guides\/Gr%C3%B6%C3%9Fe$/,
		],
	},
	{
		...{ of: CHAT, what: 'nothing of a draft, and its publication', ends: goodAndGood },
		happens: (simulator) => {
			withUserIds(simulator);
			const { pageId } = simulator.site.createDraft('Guides/Coming', { title: 'Coming' });
			simulator.site.publishDraft(pageId);
		},
		sent: [/: Page Published: Coming, by Site Admin\nhttp/],
	},
	{
		...{ of: CHAT, what: 'that the event names no page', ends: ['success'] },
		happens: (simulator) => void simulator.emit('page_create', thin),
		sent: [/: Page Created: Expert does not say which, by unknown\n$/],
	},
	{
		// Its first text says that readers can open it, its creation does not.
		...{ of: CHAT, what: 'the path when the site cannot be asked', ends: ['error', 'success'] },
		happens: ({ faults, site }) => {
			faults.add({ match: { path: '/deki/pages/' }, effect: { status: 500 } });
			site.createPage('Guides/Unseen', { title: 'Unseen', by: 'editor' });
		},
		sent: [/: Page Published: Guides\/Unseen, by editor\nhttp.*\/Guides\/Unseen$/],
	},
	{
		...{ of: CHAT, what: 'a title of two long lines', ends: goodAndGood },
		happens: ({ site }) => void site.createPage('Guides/Two', { title: LONG_TITLE }),
		sent: [/: Page Published: Line\sbreak long /],
	},
	{
		...{ of: CHAT, what: 'the name of a user whom the event names by ID', ends: goodAndGood },
		happens: (simulator) => {
			withUserIds(simulator);
			simulator.site.createPage('By_number', { by: 'editor' });
		},
		sent: [/: Page Published: By number, by Edda Editor\n/],
	},
	{
		// Before n8n asks for its details. That of the edit passes nothing on.
		...{ of: CHAT, what: 'who published a page that another has edited since' },
		ends: [...goodAndGood, 'success'],
		happens: ({ site }) => {
			const { page } = site.createPage('Guides/Two_authors', { by: 'editor' });
			site.editPage(page);
		},
		sent: [/: Page Published: Two authors, by editor\n/],
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

	// A newer n8n reports on the one after it.
	it.skipIf(Number.parseInt(n8nVersion) > 2)(
		"n8n's own Migration Report finds nothing in them that n8n 3 removes",
		async () => {
			for (const name of templateNames()) await scene.client.createWorkflow(template(name));
			const old = { type: 'n8n-nodes-base.function', typeVersion: 1, parameters: {} };
			await scene.client.createWorkflow({
				name: 'The one that it finds',
				nodes: [{ id: randomUUID(), name: 'Old', position: [0, 0], ...old }],
				connections: {},
			});
			const path = '/breaking-changes/report/refresh?version=v3';
			const { report } = await scene.client.rest<MigrationReport>('POST', path);
			expect(report.workflowResults).toMatchObject([
				{ ruleTitle: 'Function node removed', nbAffectedWorkflows: 1 },
			]);
		},
	);

	interface ByHand {
		filledIn?: FilledIn | undefined;
		known?: Credential[];
		/** What stays pinned, or is pinned anew; as in the file if absent. */
		pins?: PinData;
		/** A step of {@link SERVICES} that is there. */
		unpinned?: string;
	}

	/** "Execute workflow" from one of its first steps. */
	async function runByHand(name: string, begin: string, more: ByHand = {}) {
		const { filledIn, known, pins, unpinned = '' } = more;
		const { [unpinned]: _there, ...services } = SERVICES;
		const { id } = await importTemplate(
			scene,
			name,
			known ?? credentials,
			filledIn ?? FILLED_IN[name],
			(pinData) => ({ ...services, ...(pins ?? pinData) }),
		);
		await scene.client.runFrom(id, begin);
		const execution = async () => {
			const [ended] = await scene.client.waitForExecutions(id, 1);
			expect(executionError(ended!)).toBeUndefined();
			expect(ended).toMatchObject({ mode: 'manual', status: 'success' });
			return ended!;
		};
		return { id, execution };
	}

	/** The sample, as if this page of the site had been edited. */
	function sampleAbout(name: string, node: string, { id, path }: Page, more: object = {}) {
		const [sample] = present(template(name).pinData?.[node], 'samples');
		const page = { ...(sample!.json.page as object), id: String(id), path, title: path, ...more };
		return [{ json: { ...sample!.json, page } }];
	}

	it(`${TICKET}: writes a draft that readers do not see, and links it in the ticket`, async () => {
		const { 'Ticket changed': ticket } = present(template(TICKET).pinData, 'samples');
		const run = await runByHand(TICKET, 'Ticket changed', { pins: { 'Ticket changed': ticket! } });
		await run.execution();
		const page = scene.site.site.page('Drafts_from_tickets/SUP-42');
		expect(page).toMatchObject({ draftState: 'unpublished', title: 'How do I reset the device?' });
		expect(page.draft).toMatchObject({
			tags: expect.arrayContaining(['article:howto', 'from-ticket']),
		});
		const { body } = present(world.sent('example.atlassian.net').at(-1), 'comment');
		expect(JSON.stringify(body)).toContain('/Drafts_from_tickets/SUP-42?mt-draft=true');
	});

	it(`${TICKET}: leaves a ticket alone that was changed and not solved`, async () => {
		const [sample] = present(template(TICKET).pinData?.['Ticket changed'], 'sample');
		const changelog = { items: [{ field: 'status', from: '1', to: '3' }] };
		const ticket = [{ json: { ...sample!.json, changelog } }];
		const calls = scene.site.apiCalls.length;
		const run = await runByHand(TICKET, 'Ticket changed', { pins: { 'Ticket changed': ticket } });
		await run.execution();
		expect(scene.site.apiCalls.slice(calls)).toEqual([]);
	});

	describe(`${REVIEW}: the buttons in Slack`, () => {
		/** Runs until Slack has the question; gives what each button leads to. */
		async function ask(path: string) {
			const { site } = scene.site;
			const { page } = site.createPage(path, { html: '<p>first</p>' });
			site.editPage(page, { html: '<p>second</p>', by: 'editor' });
			const edited = sampleAbout(REVIEW, 'Page edited', page, { revision: page.revision });
			const verdict = [{ json: { text: 'Please look: <other> words' } }];
			const pins = { 'Page edited': edited, 'Judge the edit': verdict };
			const before = world.sent('slack.com').length;
			const run = await runByHand(REVIEW, 'Page edited', { pins });
			await waitUntil('Slack is asked', () => world.sent('slack.com').length > before);
			const { body } = present(world.sent('slack.com').at(-1), 'question');
			expect(JSON.stringify(body)).toContain('Please look: &lt;other&gt; words');
			const buttons = (body.blocks as any[]).flatMap(({ elements = [] }) => elements);
			await waitFor('the execution waits', async () => {
				const [first] = await scene.client.executions(run.id);
				return first?.status === 'waiting' ? first : undefined;
			});
			const click = async (label: string) => {
				const { url } = present(
					buttons.find(({ text }) => text.text === label),
					label,
				);
				// As a person does: n8n leaves out what previews links.
				const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' };
				expect(await send(url as string, { headers })).toMatchObject({ status: 200 });
			};
			return { page, click, ...run };
		}

		it(`${REVIEW}: "Undo" gives the page its earlier text`, async () => {
			const { page, click, execution } = await ask('Guides/Undone');
			await click('Undo');
			expect(executionItems(await execution(), 'Undo the edit')).toMatchObject([{ revision: 3 }]);
			expect(page.html).toContain('first');
		});

		it(`${REVIEW}: "Approve" leaves it as it is`, async () => {
			const { page, click, execution } = await ask('Guides/Approved');
			await click('Approve');
			await execution();
			expect(page).toMatchObject({ revision: 2, html: '<p>second</p>' });
		});

		it(`${REVIEW}: "Undo" says so, and undoes nothing, once the page was edited again`, async () => {
			const { page, click, execution } = await ask('Guides/Again');
			scene.site.site.editPage(page, { html: '<p>third</p>', by: 'editor' });
			await click('Undo');
			await execution();
			expect(page).toMatchObject({ revision: 3, html: '<p>third</p>' });
			expect(present(SENT[CHAT], CHAT)(world).at(-1)).toMatch(/Not undone: .* edited again since/);
		});
	});

	it.each([
		['long', 12_345, { added: ['x'.repeat(22_345)], removed: [] }],
		['without words', 0, { added: [], removed: [] }],
	])(`${REVIEW}: tells model and Slack of an edit that is %s`, async (_what, more, changes) => {
		const model = await LanguageModel.start(() => ({ content: 'Fine: all is well.' }));
		onTestFinished(async () => await model.stop());
		const openAi = await scene.client.createCredential('Model', 'openAiApi', model.credential);
		const known = [openAi, ...credentials];
		// By the author of the page that the digest looks for: which of one second is newest, nobody can tell.
		const { page } = scene.site.site.createPage(`Guides/${randomUUID()}`, { by: 'editor' });
		const author = { id: '1', name: 'admin', fullName: 'Site Admin' };
		const edited = sampleAbout(REVIEW, 'Page edited', page, { revision: 2, author });
		const changed = { json: { ...changes, isSame: false, revision: 2, previous: 1 } };
		const pins = { 'Page edited': edited, 'What has changed': [changed] };
		const before = world.sent('slack.com').length;
		await runByHand(REVIEW, 'Page edited', { known, pins });
		await waitUntil('Slack is asked', () => world.sent('slack.com').length > before);
		const asked = JSON.stringify(present(model.requests.at(-1), 'request').messages);
		const question = JSON.stringify(present(world.sent('slack.com').at(-1), 'question').body);
		expect(question).toContain('Fine: all is well.');
		// The newest text is by another.
		expect(question).toContain(', edited by jane');
		const [cut, markup] = [/\[cut: (\d+) characters more\b/, /pictures, links or markup only/];
		for (const text of [asked, question]) {
			expect(Number(cut.exec(text)?.[1] ?? 0)).toBe(more);
			expect(markup.test(text)).toBe(more === 0);
		}
		expect(asked).not.toContain('x'.repeat(10_001));
	});

	it(`${DIGEST}: mails what the site has seen last, without what was pinned`, async () => {
		const { site } = scene.site;
		site.createPage('Guides/Digested', { title: 'Digested', by: 'editor' });
		const run = await runByHand(DIGEST, 'Every Monday', { pins: {} });
		await run.execution();
		expect(mailsIn(world).at(-1)).toMatch(/Created: 1\n- (?!Setup).*, by Edda Editor\n {2}http/);
	});

	it(`${DIGEST}: names who made each change, in full where known`, async () => {
		const author = { id: '5', name: 'jane', fullName: 'Jane Doe' };
		const change = (title: string, user?: object, eventType = 'pagecontent_update') => ({
			json: { eventType, page: { title, author }, ...(user && { user }) },
		});
		const deleted = change('Deleted', { id: '6', name: 'max' }, 'page_delete');
		const deletedBy = { id: '6', name: 'max', fullName: 'Max Roe' };
		const changes = [
			change('Her own', { id: '5', name: 'jane' }),
			change('Of another', { id: '6', name: 'max' }),
			change('Without name', { id: '6' }),
			change('Of nobody'),
			{ json: { ...deleted.json, page: { ...deleted.json.page, deletedBy } } },
		];
		const run = await runByHand(DIGEST, 'Every Monday', { pins: { 'Every Monday': changes } });
		await run.execution();
		const named = [
			...mailsIn(world)
				.at(-1)!
				.matchAll(/^- (.*), by (.*)$/gm),
		];
		expect(named.map(([, title, by]) => [title, by])).toEqual([
			['Her own', 'Jane Doe'],
			['Of another', 'max'],
			['Without name', 'unknown'],
			['Of nobody', 'Jane Doe'],
			['Deleted', 'Max Roe'],
		]);
	});

	it(`${STORE}: reads a page as Markdown, and stores nothing of a deleted one`, async () => {
		const { site } = scene.site;
		const { page } = site.createPage('Guides/Stored', { html: '<h2>Reset</h2><p>Hold both.</p>' });
		const pins = { 'Page changed': sampleAbout(STORE, 'Page changed', page) };
		const stored = async () => {
			const run = await runByHand(STORE, 'Page changed', { pins });
			return kept(await run.execution(), 'With text');
		};
		expect(await stored()).toMatchObject([{ markdown: '## Reset\n\nHold both.' }]);
		site.deletePage(page.path);
		expect(await stored()).toEqual([]);
	});

	it(`${STORE}: reads the pages of an execution in which one event names none`, async () => {
		const { page } = scene.site.site.createPage('Guides/Beside', { html: '<p>text</p>' });
		const [named] = sampleAbout(STORE, 'Page changed', page);
		const { page: _page, ...unnamed } = named!.json as { page: unknown };
		const pins = { 'Page changed': [{ json: unnamed }, named!] };
		const run = await runByHand(STORE, 'Page changed', { pins });
		expect(kept(await run.execution(), 'With text')).toMatchObject([{ markdown: 'text' }]);
	});

	it(`${STORE}: hears of pages that are unpublished, restricted, moved and copied`, () => {
		const trigger = present(template(STORE).nodes.find(isTrigger), 'trigger');
		expect(trigger.parameters).toMatchObject({
			events: expect.arrayContaining([
				'pagecontent_update',
				'pagerestriction_update',
				'page_move',
				'page_copy',
			]),
			filters: {},
		});
	});

	it(`${STORE}: removes a page that the token no longer sees or that was unpublished, and goes on with the next`, async () => {
		const { site, faults } = scene.site;
		const [hidden, other] = ['Guides/Hidden', 'Guides/Seen'].map(
			(path) => site.createPage(path, { html: `<p>${path}</p>` }).page,
		) as [Page, Page];
		const { page: draft } = site.createDraft('Guides/Unpublished', { html: '<p>draft</p>' });
		const match = { path: new RegExp(`/pages/${hidden.id}(/|$)`) };
		faults.add({ match, effect: { status: 403, body: 'xml' } });
		onTestFinished(() => faults.clear());
		const events = [hidden, draft, other].flatMap((page) =>
			sampleAbout(STORE, 'Page changed', page),
		);
		const removed = events.map((_event, item) => ({
			json: { success: true },
			pairedItem: { item },
		}));
		const pins = { 'Page changed': events, 'Remove the page': removed };
		const execution = await (await runByHand(STORE, 'Page changed', { pins })).execution();
		expect(kept(execution, 'With text').map(({ markdown }) => markdown)).toEqual(['Guides/Seen']);
		const asked = kept(execution, 'Each page once').map(({ page }) => (page as { id: string }).id);
		expect(asked).toEqual([hidden, draft, other].map(({ id }) => String(id)));
	});

	it(`${STORE}: fails for a page that the site could not give, so that a retry reads it`, async () => {
		const { site, faults } = scene.site;
		const { page } = site.createPage('Guides/Later', { html: '<p>later</p>' });
		const match = { path: new RegExp(`/pages/${page.id}(/|$)`) };
		faults.add({ match, effect: { status: 500 } });
		onTestFinished(() => faults.clear());
		const pins = { 'Page changed': sampleAbout(STORE, 'Page changed', page) };
		const { id } = await runByHand(STORE, 'Page changed', { pins });
		const [failed] = await scene.client.waitForExecutions(id, 1);
		expect(failed).toMatchObject({ status: 'error' });
		expect(executionError(failed!)).toMatch(/\(500\)/);
	});

	it(`${STORE}: loads the published pages of the site that have a text`, async () => {
		const { site } = scene.site;
		const { pageId } = site.createPage('Loaded/Page', { html: '<p>text</p>' });
		const { pageId: draft } = site.createDraft('Loaded/Draft', { html: '<p>draft</p>' });
		const run = await runByHand(STORE, 'First load', { pins: {} });
		const ids = kept(await run.execution(), 'With text').map(({ id }) => id as string);
		expect(ids).toContain(String(pageId));
		const others = [draft, site.page('Loaded').id].map(String);
		expect(ids.filter((id) => others.includes(id))).toEqual([]);
	});

	describe.skipIf(lacks('postgresql'))(`${STORE}: loads the site again`, () => {
		let postgres: PostgresServer;
		let known: Credential[];
		beforeAll(async () => {
			postgres = await startPostgres();
			const { env } = postgres;
			const database = await scene.client.createCredential('Database', 'postgres', {
				host: env.DB_POSTGRESDB_HOST,
				port: Number(env.DB_POSTGRESDB_PORT),
				database: env.DB_POSTGRESDB_DATABASE,
				user: env.DB_POSTGRESDB_USER,
				password: 'none is asked for',
				ssl: 'disable',
			});
			known = [database, ...credentials];
		});
		afterAll(async () => await postgres?.stop());

		const load = async () =>
			await runByHand(STORE, 'First load', { known, pins: {}, unpinned: 'Empty the store' });

		it(`${STORE}: empties the store once the site is read, and keeps pages whose text could not be read`, async () => {
			const { site, faults } = scene.site;
			const [read, unread, unlisted] = ['Read', 'Unread', 'Private/Unlisted'].map((name) => {
				return String(site.createPage(`Again/${name}`, { html: `<p>${name}</p>` }).pageId);
			});
			const list = `/${site.page('Again/Private').id}/subpages`;
			const stored = () =>
				postgres.rows<{ id: string }>("SELECT metadata->>'pageId' AS id FROM expert_pages");
			const fails = async () => {
				const { id } = await load();
				const [failed] = await scene.client.waitForExecutions(id, 1);
				expect(failed!.status).toBe('error');
				expect(stored()).toHaveLength(4);
			};
			// The first time there is no table.
			await (await load()).execution();
			const rows = [read, unread, unlisted, '999999'].map((id) => `('{"pageId": "${id}"}')`);
			postgres.execute(`
				CREATE TABLE expert_pages (metadata jsonb);
				INSERT INTO expert_pages VALUES ${rows.join()};
			`);
			onTestFinished(() => faults.clear());
			faults.add({ match: { path: '/contents' }, effect: { status: 500 } });
			await fails();

			// The token expires meanwhile.
			faults.clear();
			faults.add({ match: { path: list }, effect: { status: 403 } });
			const match = { path: '/users/current', nth: 2 };
			faults.add({ match, effect: { without: 'user/@anonymous' } });
			await fails();

			faults.clear();
			faults.add({ match: { path: list }, effect: { status: 403 } });
			faults.add({ match: { path: `/${unread}/contents` }, effect: { status: 500 } });
			const again = kept(await (await load()).execution(), 'With text').map(({ id }) => id);
			expect(again).toContain(read);
			expect(again).not.toContain(unread);
			expect(stored()).toEqual([{ id: unread }]);
		});
	});

	it(`${GAPS}: opens no issue for searches that came once, and one for the links of the site`, async () => {
		const { site } = scene.site;
		site.searchLog.push({ query: 'rare', at: new Date(), chosen: 0 });
		site.createPage('Guides/Linked', { html: '<p><a href="/No/Where">it</a></p>' });
		const before = present(SENT[GAPS], GAPS)(world).length;
		const run = await runByHand(GAPS, 'Every Monday', { pins: {} });
		await run.execution();
		expect(present(SENT[GAPS], GAPS)(world).slice(before)).toEqual([
			expect.stringMatching(/: 1 broken link, .*Guides\/Linked: "it" to \/No\/Where/s),
		]);
	});

	it(`${GAPS}: gives Jira no markup from what readers search for, or from the texts of links`, async () => {
		const { site } = scene.site;
		const search =
			'{noformat}[Reset|https://evil.example] !https://evil.example/x.png! [~accountid:1]';
		for (let time = 0; time < 3; time++)
			site.searchLog.push({ query: search, at: new Date(), chosen: 0 });
		const text = '[it|https://evil.example] {color}x';
		site.createPage('Guides/Marked', { html: `<p><a href="/No_one/Here_now">${text}</a></p>` });
		const before = present(SENT[GAPS], GAPS)(world).length;
		await (await runByHand(GAPS, 'Every Monday', { pins: {} })).execution();
		const [searches, links] = present(
			SENT[GAPS],
			GAPS,
		)(world)
			.slice(before)
			.toSorted((a) => (a.includes('searches') ? -1 : 1));
		const shown = search.replaceAll(/[{}]/g, ' ').trim();
		expect(searches).toContain(`\n{noformat}\n- ${shown}: searched 3 times\n{noformat}`);
		const escaped = String.raw`"\[it\|https://evil.example\] \{color\}x" to /No\_one/Here\_now`;
		expect(links).toContain(`Guides/Marked: ${escaped}`);
	});

	it(`${DATES}: replaces the month on an edited page with a cycle, keeps other tags, and lists it once it is due`, async () => {
		const { site } = scene.site;
		const tags = ['article:topic', 'review-at:2020-01', 'review-cycle:6m'];
		const { pageId } = site.createPage('Guides/Reviewed', { tags });
		const due = await runByHand(DATES, 'Every month', { pins: {} });
		await due.execution();
		expect(mailsIn(world).at(-1)).toMatch(
			/review in Expert: 1\n.*- Reviewed \(2020-01\)\n {2}http/s,
		);
		const { pageId: other } = site.createPage('Guides/Free', { tags: ['article:topic'] });
		const id = await published(DATES);
		const { settings } = await scene.client.workflow(id);
		const inNewYork = { ...settings, timezone: 'America/New_York' };
		await scene.client.updateWorkflow(id, { settings: inNewYork });
		site.editPage(other);
		await executions(id, 1);
		// Still the 31st of August in New York, and there is no 31st of February.
		const at = new Date('2026-09-01T02:00:00Z');
		const { path, revision } = site.page(pageId);
		scene.site.emit('pagecontent_update', { page: { id: pageId, path, revision }, at });
		await executions(id, 2);
		expect(site.page(pageId).tags.toSorted()).toEqual([
			'article:topic',
			'review-at:2027-02',
			'review-cycle:6m',
		]);
		expect(site.page(other).tags).toEqual(['article:topic']);
	});

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
			[CHAT, 'page:create'],
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
		async function execute(name: string, begin?: string, filledIn = FILLED_IN[name]) {
			const calls = scene.site.apiCalls.length;
			const trigger = begin ?? present(template(name).nodes.find(isTrigger), 'trigger').name;
			const run = await runByHand(name, trigger, { filledIn, known: withoutSite });
			const execution = await run.execution();
			const samples = template(name).pinData?.[trigger] ?? [{ json: expect.anything() as object }];
			expect(executionItems(execution, trigger)).toEqual(samples.map(({ json }) => json));
			expect(scene.site.apiCalls.slice(calls)).toEqual([]);
			return execution;
		}

		it(`${CHAT}: tells of its sample, in Teams without Slack's characters`, async () => {
			const said =
				/Page Published: Setup, by Jane Doe\nhttps:\/\/help\.example\.com\/Guides\/Setup$/;
			await execute(CHAT);
			expect(present(SENT[CHAT], CHAT)(world).at(-1)).toMatch(said);
			const { body } = present(world.sent('graph.microsoft.com').at(-1), 'message');
			expect(body.body).toEqual({
				contentType: 'text',
				content: expect.stringMatching(said) as string,
			});
		});

		it.each([
			[MAIL, undefined, /^Page deleted: Setup\n/],
			[
				DIGEST,
				'Every Monday',
				/^What has changed in Expert: 3\nCreated: 1\n- Setup, by Jane Doe\n {2}https:.*\/Guides\/Setup\n\nEdited: 1\n- Setup, .*\n\nDeleted: 1\n- Old setup, by Jane Doe\s*$/s,
			],
			[
				DATES,
				'Every month',
				/^Pages to review in Expert: 1\n.*- Setup \(20\d\d-\d\d\)\n {2}https:/s,
			],
		])('%s: mails its samples', async (name, begin, text) => {
			await execute(name, begin);
			expect(mailsIn(world).at(-1)).toMatch(text);
		});

		it(`${TICKET}: links the draft of its sample in the ticket`, async () => {
			await execute(TICKET, 'Ticket changed');
			const { url, body } = present(world.sent('example.atlassian.net').at(-1), 'comment');
			expect(url).toContain('/issue/SUP-42/comment');
			expect(JSON.stringify(body)).toContain('/Drafts_from_tickets/SUP-42?mt-draft=true');
		});

		it(`${REVIEW}: shows what undoing its sample gives, and asks nobody`, async () => {
			const before = world.requests.length;
			const execution = await execute(REVIEW);
			expect(executionItems(execution, 'Undo the edit')).toMatchObject([{ revision: 3 }]);
			expect(world.requests.slice(before)).toEqual([]);
		});

		it.each([
			['Page changed', /^Hold both buttons/],
			['First load', /Hold both buttons/],
		])(`${STORE}: stores the text of its samples after "%s"`, async (begin, text) => {
			const execution = await execute(STORE, begin);
			expect(kept(execution, 'With text').map(({ markdown }) => markdown)).toEqual([
				expect.stringMatching(text),
			]);
			expect(executionItems(execution, 'Store')).toHaveLength(1);
		});

		it(`${GAPS}: opens an issue for the searches of its samples, and one for the links`, async () => {
			const before = present(SENT[GAPS], GAPS)(world).length;
			await execute(GAPS, 'Every Monday');
			expect(present(SENT[GAPS], GAPS)(world).slice(before)).toEqual([
				expect.stringMatching(
					/^10000 10002: Expert: searches without a good result, 20.*- reset: searched 3 times, 3 opened\n- warranty: searched 3 times\n\{noformat\}$/s,
				),
				expect.stringMatching(
					/^10000 10002: Expert: 1 broken link, 20.*Guides\/Setup: "the manual" to \/Guides\/Manual$/s,
				),
			]);
		});

		it(`${DATES}: shows what stamping its samples gives, and stamps nothing`, async () => {
			const execution = await execute(DATES);
			expect(executionItems(execution, 'Stamp the month')[0]).toMatchObject({
				page: { id: '371' },
				added: ['review-at:2026-07'],
			});
		});

		it(`${VOLUME}: hands its samples to another workflow`, async () => {
			const called = await scene.subWorkflow('return $input.all();');
			const follow = { 'Start the follow-up': { workflowId: chosen(called.id) } };
			await execute(VOLUME, undefined, follow);
			const [first] = await scene.client.waitForExecutions(called.id, 2);
			expect(executionItems(first!, 'Next')[0]).toMatchObject({ eventType: 'page_create' });
		});
	});

	it('all ready-made workflows: call no other service', () => {
		// The n8n of an image has all of its modules, and one asks there for MCP servers.
		const isOfN8n = (url: string) => url.startsWith('https://api.n8n.io/api/mcp-servers?');
		expect(world.strays.map(({ url }) => url).filter((url) => !isOfN8n(url))).toEqual([]);
	});
});
