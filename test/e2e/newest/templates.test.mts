import { randomUUID } from 'node:crypto';
import { withCode } from '../../support/n8n/settings.mts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Credential } from '../../support/n8n/client.mts';
import { type Execution, executionError, executionItems } from '../../support/n8n/executions.mts';
import { event, PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import type { Page } from '../../support/simulator/index.mts';
import { LanguageModel } from '../../support/e2e/language-model.mts';
import { createOutsideCredentials, OutsideWorld } from '../../support/e2e/outside/outside-world.mts';
import { jiraIssueType, jiraProject, slackChannel, team, teamsChannel } from '../../support/e2e/outside/service.mts';
import { Scene } from '../../support/e2e/scene.mts';
import {
	chosen,
	type FilledIn,
	importTemplate,
	isTrigger,
	type PinData,
	template,
} from '../../support/e2e/template.mts';
import { send } from '../../support/http.mts';
import { present } from '../../support/present.mts';
import { waitFor, waitUntil } from '../../support/wait.mts';

/*
 * Each ready-made workflow imported, filled in and run: at a site, or with its samples, as somebody does who has no
 * site yet. The agents run in agents.test.mts, the status page in test/browser.
 */

const [CHAT, MAIL, VOLUME] = ['new-page-to-slack-and-teams', 'page-deleted-alert', 'high-volume'] as const;
const [TICKET, REVIEW, DIGEST] = ['ticket-to-draft', 'edit-review', 'weekly-digest'] as const;
const [TO_JIRA, BY_OTHERS] = ['new-page-to-jira', 'updated-by-others-to-teams'] as const;
const [GAPS, DATES] = ['search-gaps-and-broken-links-to-jira', 'review-dates'] as const;
const DRAFTS = 'search-gaps-to-drafts';

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
	[TO_JIRA]: { 'Open an issue': issueNode },
	[BY_OTHERS]: { 'Tell Teams': { teamId: chosen(team), channelId: chosen(teamsChannel) } },
	[REVIEW]: { 'Keep it?': slackNode, 'Say it was edited again': slackNode },
	[DIGEST]: { 'Send the digest': mailNode },
	[GAPS]: { 'Issue for searches': issueNode, 'Issue for links': issueNode },
	[DATES]: { 'Send the list': mailNode },
	[DRAFTS]: { 'Publish it?': slackNode, 'Say why it is not': slackNode },
};

/** What the outside world was told, one text a message. */
const inMails = ({ mail }: OutsideWorld) => mail.mails.map(({ subject, text }) => `${subject}\n${text}`);
const inSlack = (world: OutsideWorld) => world.sent('slack.com').map(({ body }) => `${body.channel}: ${body.text}`);
const inTeams = (world: OutsideWorld) => world.sent('graph.microsoft.com').map(({ body }) => JSON.stringify(body.body));
const inComments = (world: OutsideWorld) =>
	world.sent('example.atlassian.net').map(({ url, body }) => `${url} ${JSON.stringify(body)}`);
const inIssues = (world: OutsideWorld) =>
	world.sent('example.atlassian.net').flatMap(({ body: { fields } }) => {
		if (fields === undefined) return [];
		const { project, issuetype, summary, description } = fields;
		return `${project.id} ${issuetype.id}: ${summary}\n${description}`;
	});

/** A title with everything that Slack could treat as a command of its own. */
const ODD_TITLE = 'Größe <!channel> & {code} *sure*';

/** What a filter lets through. */
function kept(execution: Execution, node: string) {
	const [run] = execution.data?.resultData.runData[node] ?? [];
	return (run?.data?.main[0] ?? []).map(({ json }) => json);
}

describe('a ready-made workflow, imported into a real n8n', () => {
	let scene: Scene;
	let world: OutsideWorld;
	let credentials: Credential[];
	let model: LanguageModel;
	let modelCredential: Credential;
	/** Those of who has no Expert site yet. */
	let withoutSite: Credential[];
	beforeAll(async () => {
		world = await OutsideWorld.open();
		scene = await Scene.open({ requestDetails: 'user' }, { ...withCode, ...world.env });
		withoutSite = await createOutsideCredentials(scene.client, world);
		credentials = [scene.credential, ...withoutSite];
		model = await LanguageModel.start();
		modelCredential = await scene.client.createCredential('Model of the drafts', 'openAiApi', model.credential);
	});
	afterAll(async () => {
		await scene?.close();
		await world?.close();
		await model?.stop();
	});

	/** Imports, fills in and publishes it until the end of the test, in which the site is changed. */
	async function published(name: string, filledIn = FILLED_IN[name]) {
		const workflow = await importTemplate(scene, name, credentials, filledIn);
		await scene.client.activate(workflow.id);
		onTestFinished(async () => await scene.client.deactivate(workflow.id));
		return workflow;
	}

	interface ByHand {
		filledIn?: FilledIn | undefined;
		known?: Credential[];
		/** What stays pinned, or is pinned anew; as in the file if absent. */
		pins?: PinData;
	}

	/** "Execute workflow" from one of its first steps. */
	async function runByHand(name: string, begin: string, more: ByHand = {}) {
		const { filledIn = FILLED_IN[name], known = credentials, pins } = more;
		const { id } = await importTemplate(scene, name, known, filledIn, (pinData) => pins ?? pinData);
		await scene.client.runFrom(id, begin);
		const execution = async () => {
			const [ended] = await scene.client.waitForExecutions(id, 1);
			expect(executionError(ended!)).toBeUndefined();
			expect(ended).toMatchObject({ mode: 'manual', status: 'success' });
			return ended!;
		};
		return { id, execution };
	}

	/** Clicks the button of the last question in Slack. */
	async function press(workflow: string, button: string) {
		await waitFor('the execution waits', async () => {
			const [first] = await scene.client.executions(workflow);
			return first?.status === 'waiting' ? first : undefined;
		});
		const { body } = present(world.sent('slack.com').at(-1), 'question');
		const buttons = (body.blocks as any[]).flatMap(({ elements = [] }) => elements);
		const { url } = buttons.find(({ text }) => text.text === button) as { url: string };
		// As a person does: n8n leaves out what previews links.
		const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' };
		expect(await send(url, { headers })).toMatchObject({ status: 200 });
	}

	/** The sample, as if this page of the site had been edited. */
	function sampleAbout(name: string, node: string, { id, path }: Page, more: object = {}) {
		const [sample] = present(template(name).pinData?.[node], 'samples');
		const page = { ...(sample!.json.page as object), id: String(id), path, title: path, ...more };
		return [{ json: { ...sample!.json, page } }];
	}

	it(`${CHAT}: tells of a new page once, with an odd title, its address and its author`, async () => {
		const { id } = await published(CHAT);
		scene.site.site.createPage('Guides/Größe', { title: ODD_TITLE });
		// Both events of the page; one passes nothing on.
		const ended = await scene.client.waitForExecutions(id, 2);
		expect(ended.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(inSlack(world)).toEqual([
			expect.stringMatching(
				/^C0123TEST: Page Published: Größe &lt;!channel> & \{code\} \*sure\*, by Site Admin\nhttp.*\/Guides\/Gr%C3%B6%C3%9Fe$/,
			),
		]);
		expect(inTeams(world)).toEqual([
			expect.stringMatching(/Page Published: Größe .*, by Site Admin.*\/Guides\/Gr%C3%B6%C3%9Fe/),
		]);
	});

	it(`${TICKET}: writes a draft of a solved ticket that readers do not see, and links it in the ticket`, async () => {
		const { 'Ticket changed': [solved] = [] } = present(template(TICKET).pinData, 'samples');
		const changes = [
			[{ field: 'resolution', from: '10000', to: null }],
			[{ field: 'resolution', from: '10000', to: '10001' }],
			[{ field: 'status', from: null, to: '3' }],
		];
		const others = changes.map((items) => ({ json: { ...solved!.json, changelog: { items } } }));
		const tickets = [...others, { json: { issue: { key: 'SUP-1' } } }, solved!];
		const run = await runByHand(TICKET, 'Ticket changed', { pins: { 'Ticket changed': tickets } });
		expect(kept(await run.execution(), 'Was it just solved?')).toHaveLength(1);
		const page = scene.site.site.page('Drafts_from_tickets/SUP-42');
		expect(page).toMatchObject({ draftState: 'unpublished', title: 'How do I reset the device?' });
		expect(page.draft).toMatchObject({
			tags: expect.arrayContaining(['article:howto', 'from-ticket']),
		});
		expect(inComments(world).at(-1)).toContain('/Drafts_from_tickets/SUP-42?mt-draft=true');
	});

	it(`${REVIEW}: asks in Slack, whose button "Undo" gives the page its earlier text`, async () => {
		const { site } = scene.site;
		const { page } = site.createPage('Guides/Undone', { html: '<p>first</p>' });
		site.editPage(page, { html: '<p>second</p>', by: 'editor' });
		const edited = sampleAbout(REVIEW, 'Page edited', page, { revision: page.revision });
		const verdict = [{ json: { text: 'Please look: <other> &lt;words' } }];
		const pins = { 'Page edited': edited, 'Judge the edit': verdict };
		const before = world.sent('slack.com').length;
		const { id, execution } = await runByHand(REVIEW, 'Page edited', { pins });
		await waitUntil('Slack is asked', () => world.sent('slack.com').length > before);
		expect(JSON.stringify(world.sent('slack.com').at(-1))).toContain('Please look: ＜other> ＆lt;words');
		await press(id, 'Undo');
		expect(executionItems(await execution(), 'Undo the edit')).toMatchObject([{ revision: 3 }]);
		expect(page.html).toContain('first');
	});

	it(`${REVIEW}: "Undo" keeps an edit that came after the look at the page`, async () => {
		const { site } = scene.site;
		const { page } = site.createPage('Guides/Kept', { html: '<p>first</p>' });
		site.editPage(page, { html: '<p>second</p>', by: 'editor', at: new Date('2026-01-30T17:13:45Z') });
		const edited = sampleAbout(REVIEW, 'Page edited', page, { revision: page.revision });
		const look = { id: String(page.id), revision: page.revision, editedAt: '2026-01-30T17:13:45Z' };
		site.editPage(page, { html: '<p>third</p>', by: 'editor' });
		const samples = present(template(REVIEW).pinData, 'samples');
		const { 'Undo the edit': _undone, ...pinned } = samples;
		const pins = {
			...pinned,
			'Page edited': edited,
			'Keep it?': [{ json: { data: { approved: false } } }],
			'The page now': [{ json: look }],
		};
		const { id } = await runByHand(REVIEW, 'Page edited', { pins });
		const [ended] = await scene.client.waitForExecutions(id, 1);
		expect(executionError(ended!)).toContain('was changed after the given edit time, so nothing was reverted');
		expect(page.html).toContain('third');
	});

	it(`${TO_JIRA}: opens one issue for a new page, with title, author, summary and link, without markup`, async () => {
		const before = inIssues(world).length;
		const { id } = await published(TO_JIRA);
		scene.site.site.createPage('Guides/Issue', { title: ODD_TITLE, html: '<p>Hold {color}both</p>' });
		// Both events of the page; one passes nothing on.
		const ended = await scene.client.waitForExecutions(id, 2);
		expect(ended.map(({ status }) => status)).toEqual(['success', 'success']);
		const issues = inIssues(world).slice(before);
		expect(issues).toHaveLength(1);
		expect(issues[0]).toContain(`Expert, new page: ${ODD_TITLE}\n`);
		expect(issues[0]).toContain(String.raw`Hold \{color\}both`);
		expect(issues[0]).toMatch(/\n\nBy Site Admin: http.*\/Guides\/Issue$/);
	});

	it(`${BY_OTHERS}: tells Teams of a page that somebody else has edited, and of no other`, async () => {
		const before = inTeams(world).length;
		const samples = present(template(BY_OTHERS).pinData?.['Page updated'], 'samples');
		const [{ json }] = samples as [{ json: { page: object } }];
		const by = (page: object, user: object = { id: '5' }) => ({
			json: { ...json, page: { ...json.page, ...page }, user },
		});
		const edits = [by({}), by({ createdBy: { id: '5' } }), by({ revision: 1 }), by({ createdBy: undefined })];
		const pins = { 'Page updated': edits };
		const ended = await (await runByHand(BY_OTHERS, 'Page updated', { pins })).execution();
		expect(kept(ended, 'By somebody else')).toHaveLength(2);
		expect(inTeams(world).slice(before)).toEqual([
			expect.stringContaining('Jane Doe has updated Setup, a page of omar.'),
			expect.stringContaining('Jane Doe has updated Setup, a page of somebody else.'),
		]);
	});

	it(`${GAPS}: opens an issue for frequent searches and one for links, without markup of readers`, async () => {
		const { site } = scene.site;
		const search = '{noformat}[Reset|https://evil.example] !https://evil.example/x.png!';
		for (const query of ['rare', search, search, search]) site.searchLog.push({ query, at: new Date(), chosen: 0 });
		const text = '[it|https://evil.example] {color}x';
		site.createPage('Guides/Marked', { html: `<p><a href="/No_one/Here_now">${text}</a></p>` });
		const before = inIssues(world).length;
		await (await runByHand(GAPS, 'Every Monday', { pins: {} })).execution();
		const issues = inIssues(world)
			.slice(before)
			.toSorted((a) => (a.includes('searches') ? -1 : 1));
		const shown = search.replaceAll(/[{}]/g, ' ').trim();
		const escaped = String.raw`"\[it\|https://evil.example\] \{color\}x" to /No\_one/Here\_now`;
		expect(issues).toEqual([
			expect.stringContaining(`\n{noformat}\n- ${shown}: searched 3 times, none opened\n{noformat}`),
			expect.stringContaining(`Guides/Marked: ${escaped}`),
		]);
	});

	describe('search-gaps-to-drafts', () => {
		const asked = () => world.sent('slack.com').length;

		/** Somebody has searched three times; the run goes on until Slack is asked about the draft. */
		async function askedAbout(query: string) {
			for (let times = 0; times < 3; times++) scene.site.site.searchLog.push({ query, at: new Date(), chosen: 0 });
			const before = asked();
			const known = [modelCredential, ...credentials];
			const run = await runByHand(DRAFTS, 'Every Monday', { known });
			await waitUntil('Slack is asked', () => asked() > before);
			return { ...run, path: `Answers/${query}`, question: JSON.stringify(world.sent('slack.com').at(-1)) };
		}
		const pageAt = (path: string) => scene.site.site.page(path);
		beforeEach(() => scene.site.site.searchLog.splice(0));

		it('drafts what the site says of a frequent search, and "Publish" shows readers what was read', async () => {
			scene.site.site.createPage('Guides/Router', { html: '<p>Hold the button of the router <b>ten</b> seconds.</p>' });
			scene.site.site.searchLog.push({ query: 'rare', at: new Date(), chosen: 0 });
			const { id, execution, path, question } = await askedAbout('router');
			expect(question).toContain('Searched 3 times: router');
			expect(question).toContain('Hold the button of the router ten seconds.');
			expect(pageAt(path)).toMatchObject({ draftState: 'unpublished', title: 'About router' });
			await press(id, 'Publish');
			expect(executionItems(await execution(), 'Publish the draft')).toMatchObject([{ title: 'About router' }]);
			expect(pageAt(path)).toMatchObject({ draftState: 'inactive', tags: expect.arrayContaining(['from-search']) });
			expect(pageAt(path).html).toContain('Hold the button of the router ten seconds.');
			expect(inSlack(world).join('\n')).not.toContain('rare');
		});

		it('"Leave as a draft" publishes nothing, and the search is not asked about again', async () => {
			const { id, execution, path } = await askedAbout('modem');
			await press(id, 'Leave as a draft');
			await execution();
			expect(pageAt(path).draftState).toBe('unpublished');
			const before = { asked: asked(), model: model.requests.length };
			await (await runByHand(DRAFTS, 'Every Monday', { known: [modelCredential, ...credentials] })).execution();
			expect({ asked: asked(), model: model.requests.length }).toEqual(before);
		});

		it('"Publish" keeps a draft from readers that somebody has edited since, and tells Slack why', async () => {
			const { id, execution, path } = await askedAbout('antenna');
			const inAnHour = new Date(Date.now() + 3_600_000);
			scene.site.site.editDraft(path, { html: '<p>Not yet read</p>', at: inAnHour });
			await press(id, 'Publish');
			await execution();
			expect(pageAt(path).draftState).toBe('unpublished');
			expect(inSlack(world).at(-1)).toMatch(/Not published: .*edited.*\/Answers\/antenna\?mt-draft=true/s);
		});
	});

	it(`${DATES}: replaces the month on an edited page with a cycle, keeps other tags, and lists it once it is due`, async () => {
		const { site } = scene.site;
		const tags = ['article:topic', 'review-at:2020-01', 'review-cycle:6m'];
		const { pageId } = site.createPage('Guides/Reviewed', { tags });
		await (await runByHand(DATES, 'Every month', { pins: {} })).execution();
		expect(inMails(world).at(-1)).toMatch(/review in Expert: 1\n.*- Reviewed \(2020-01\)\n {2}http/s);
		const { id, settings } = await published(DATES);
		const inNewYork = { ...settings, timezone: 'America/New_York' };
		await scene.client.updateWorkflow(id, { settings: inNewYork });
		// Still the 31st of August in New York, and there is no 31st of February.
		const at = new Date('2026-09-01T02:00:00Z');
		const { path, revision } = site.page(pageId);
		scene.site.emit('pagecontent_update', { page: { id: pageId, path, revision }, at });
		await scene.client.waitForExecutions(id, 1);
		expect(site.page(pageId).tags.toSorted()).toEqual(['article:topic', 'review-at:2027-02', 'review-cycle:6m']);
	});

	it(`${VOLUME}: hands each event to a workflow of its own, and one that fails stops no other`, async () => {
		const pages = ['First', 'Second', 'Third'].map((title) => scene.site.site.createPage(randomUUID(), { title }).page);
		const refused = pages[1]!.id;
		const work = await scene.subWorkflow(
			`if ($input.first().json.page.id === '${refused}') throw new Error('Refused'); return $input.all();`,
		);
		await scene.client.activate(work.id);
		onTestFinished(async () => await scene.client.deactivate(work.id));
		const follow = { 'Start the follow-up': { workflowId: chosen(work.id) } };
		const { id, nodes } = await published(VOLUME, follow);
		const { webhookId } = present(nodes.find(isTrigger), 'trigger');
		const events = pages.map((page) => event({ type: 'page:create', page: String(page.id) }));
		const body = `<events>${events.join('')}</events>`;
		await new PublishedTrigger(scene, id, webhookId).deliver({ body });
		const runs = await scene.client.waitForExecutions(work.id, 3);
		const about = runs.map((run) => executionItems(run, 'When called')[0]?.page.id as string);
		expect(about.sort()).toEqual(pages.map((page) => String(page.id)).sort());
		const failed = runs.filter(({ status }) => status === 'error');
		expect(failed.map((run) => executionItems(run, 'When called'))).toMatchObject([[{ page: { id: `${refused}` } }]]);
		const [first] = await scene.client.waitForExecutions(id, 1);
		expect(first!.status).toBe('success');
	});

	it.each([
		[MAIL, 'Page deleted', /^Page deleted: Setup\n/],
		[
			...[DIGEST, 'Every Monday'],
			/^What has changed in Expert: 1\nPage Updated: Content: Setup, by Jane Doe\n {2}https:.*\/Guides\/Setup\s*$/s,
		],
	] as Array<[string, string, RegExp]>)(
		'%s: runs with its samples before anything has happened at a site',
		async (name, begin, text) => {
			const calls = scene.site.apiCalls.length;
			await (await runByHand(name, begin, { known: withoutSite })).execution();
			expect(scene.site.apiCalls.slice(calls)).toEqual([]);
			expect(inMails(world).at(-1)).toMatch(text);
		},
	);

	it('all ready-made workflows: call no other service', () => {
		// The n8n of an image has all of its modules, and one asks there for MCP servers.
		const isOfN8n = (url: string) => url.startsWith('https://api.n8n.io/api/mcp-servers?');
		expect(world.strays.map(({ url }) => url).filter((url) => !isOfN8n(url))).toEqual([]);
	});
});
