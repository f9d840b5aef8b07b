import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { DONT_KNOW, LanguageModel } from '../support/e2e/language-model.mts';
import { Scene } from '../support/e2e/scene.mts';
import { importTemplate, template } from '../support/e2e/template.mts';
import { send } from '../support/http.mts';
import { present } from '../support/present.mts';
import { LIMIT_MS } from '../support/wait.mts';

const QUESTION = 'How do I reset the phone?';
const NOT_ANSWERED = 'Quanto costa?';
const TEXT = '<h2>Reset</h2><p>To reset the phone, hold <b>both</b> buttons.</p>';
const MARKDOWN = '## Reset\n\nTo reset the phone, hold **both** buttons.';
/** Of the client's calls. */
const WAITS = { timeout: LIMIT_MS };
const TOOLS = ['search', 'fetch', 'list_drafts', 'read_draft', 'read_to_edit', 'save_draft'];

let scene: Scene;
beforeAll(async () => {
	scene = await Scene.share();
});
afterAll(async () => {
	await scene?.close();
});

/** The address of a page that answers the question. */
let url: string;
let page: { id: number; path: string };
beforeEach(() => {
	const path = `Guides/${randomUUID()}`;
	page = scene.site.site.createPage(path, { title: 'Reset the phone', html: TEXT }).page;
	url = `${scene.site.url}/${path}`;
	onTestFinished(() => {
		scene.site.settings.passagesStatus = 200;
		scene.site.site.deletePage(page.id);
	});
});

/** The calls to the site from now on, without the one that asks whose token it is. */
function callsFromNowOn(): () => string[] {
	const { apiCalls } = scene.site;
	const before = apiCalls.length;
	return () => {
		const calls = apiCalls.slice(before).filter(({ path }) => !path.includes('/users/current'));
		return calls.map(({ method, path }) => `${method} ${path.replace(/^\/@api\/deki|\?.*/g, '')}`);
	};
}

describe('Expert as an MCP server, with a real client', () => {
	const token = 'a token of the tests';
	let client: Client;
	let server: string;
	beforeAll(async () => {
		const bearer = await scene.client.createCredential('MCP', 'httpBearerAuth', { token });
		const { id } = await importTemplate(scene, 'mcp-server', [scene.credential, bearer]);
		await scene.client.activate(id);
		server = id;
		client = await connected(token);
	});
	afterAll(async () => {
		await client?.close();
		await scene.client.deactivate(server);
	});

	async function connected(bearer: string): Promise<Client> {
		const client = new Client({ name: 'tests', version: '1.0.0' });
		const headers = { Authorization: `Bearer ${bearer}` };
		const address = new URL(`${scene.n8n.baseUrl}/mcp/cxone-expert`);
		const transport = new StreamableHTTPClientTransport(address, { requestInit: { headers } });
		// Its types do not stand exactOptionalPropertyTypes.
		await client.connect(transport as never, WAITS);
		return client;
	}

	async function textOf(tool: string, input: object = {}): Promise<string> {
		const { content } = await client.callTool({ name: tool, arguments: { ...input } }, undefined, WAITS);
		return (content as Array<{ text: string }>).map(({ text }) => text).join('');
	}

	async function itemsOf(tool: string, input: object = {}): Promise<Array<Record<string, any>>> {
		return JSON.parse(await textOf(tool, input)) as Array<Record<string, any>>;
	}

	it('names its tools, and says of each and of each of its fields what it is for', async () => {
		expect(client.getServerVersion()?.name).toBe('CXone_Expert');
		const { instructions } = template('mcp-server').nodes[0]!.parameters;
		// n8n 2.8 sends none.
		expect([instructions, undefined]).toContain(client.getInstructions());
		const { tools } = await client.listTools(undefined, WAITS);
		expect(tools.map(({ name }) => name)).toEqual(TOOLS);
		for (const { description, inputSchema } of tools) {
			expect(description!.length).toBeGreaterThan(80);
			for (const field of Object.values(inputSchema.properties ?? {})) {
				expect((field as { description: string }).description.length).toBeGreaterThan(30);
			}
		}
		const required = tools.map(({ inputSchema }) => inputSchema.required ?? []);
		const save = ['page', 'text', 'comment'];
		expect(required).toEqual([['question'], ['page'], [], ['page'], ['page'], save]);
	});

	it('lets nobody in without the token', async () => {
		await expect(connected('guessed')).rejects.toThrow(/403|Unauthorized|Authorization/);
	});

	it('search gives passages with the address of their page, and fetch the page', async () => {
		const calls = callsFromNowOn();
		const [passage] = await itemsOf('search', { question: QUESTION });
		const named = { id: String(page.id), title: 'Reset the phone', path: page.path, url };
		expect(passage).toMatchObject({ text: 'To reset the phone, hold both buttons.', page: named });
		expect(calls()).toEqual(['GET /llm/kernels']);
		for (const name of [url, page.path, String(page.id)]) {
			expect(await itemsOf('fetch', { page: name })).toEqual([
				{ page: named, markdown: MARKDOWN, revision: 1, mode: 'view' },
			]);
		}
	});

	it('search gives pages with their addresses where the site has no passages, or says that nothing fits', async () => {
		scene.site.settings.passagesStatus = 403;
		const calls = callsFromNowOn();
		const found = await itemsOf('search', { question: 'reset the phone' });
		expect(found).toMatchObject([{ title: 'Reset the phone', url, type: 'page' }]);
		expect(calls()).toEqual(['GET /llm/kernels', 'GET /site/query']);
		expect(await itemsOf('search', { question: NOT_ANSWERED })).toEqual([
			{ message: expect.stringMatching(/^Nothing fits\./) },
		]);
	});

	it('save_draft writes a draft that list_drafts and read_draft have, and readers see nothing', async () => {
		expect(await itemsOf('list_drafts')).toEqual([{ message: expect.stringMatching(/^Nothing was found/) }]);
		const path = `Guides/${randomUUID()}`;
		const draft = { page: path, title: 'New', text: '**First**.', comment: 'An idea' };
		const [saved] = await itemsOf('save_draft', { ...draft, articleType: 'howto' });
		const draftUrl = `${scene.site.url}/${path}?mt-draft=true`;
		expect(saved).toMatchObject({ draftUrl, state: 'unpublished', created: true });
		expect(await itemsOf('list_drafts')).toContainEqual(
			expect.objectContaining({ title: 'New', path, draftUrl, tags: ['article:howto'] }),
		);
		const [read] = await itemsOf('read_draft', { page: path });
		expect(read).toMatchObject({ contents: '<p><strong>First</strong>.</p>', mode: 'edit', page: { draftUrl } });
		const { editedAt } = read!;
		const second = { page: path, text: '<p>Second.</p>', format: 'html', comment: 'Another', editedAt };
		expect(await itemsOf('save_draft', second)).toMatchObject([{ created: false, title: 'New' }]);
		expect(scene.site.site.page(path).draftState).toBe('unpublished');
		expect(await textOf('search', { question: 'second' })).not.toContain(draftUrl);
	});

	it('read_to_edit gives the text of a page that has no draft, and save_draft leaves the page', async () => {
		const [refused] = await itemsOf('read_draft', { page: url });
		expect(refused!.error).toMatch(/^There is no draft of page/);
		const [read] = await itemsOf('read_to_edit', { page: url });
		expect(read).toMatchObject({ contents: TEXT, mode: 'edit' });
		const { editedAt } = read!;
		const draft = { page: url, text: TEXT.replace('both', 'all'), format: 'html', comment: 'All of them' };
		const [unread] = await itemsOf('save_draft', draft);
		expect(unread!.error).toMatch(/^The page exists, and its editedAt was not given or is old/);
		const [saved] = await itemsOf('save_draft', { ...draft, editedAt });
		expect(saved).toMatchObject({ id: String(page.id), state: 'active', created: true });
		expect(saved!.title).toBe('Reset the phone');
		expect(scene.site.site.page(page.id)).toMatchObject({ html: TEXT, revision: 1 });
	});
});

describe('answers from the knowledge base, with a model that calls tools by its protocol', () => {
	let model: LanguageModel;
	let chat: string;
	let id: string;
	beforeAll(async () => {
		model = await LanguageModel.start();
		const openAi = await scene.client.createCredential('Model', 'openAiApi', model.credential);
		const opened = { public: true, authentication: 'none' };
		const workflow = await importTemplate(scene, 'answers-chat', [scene.credential, openAi], {
			'When a question comes': opened,
		});
		await scene.client.activate(workflow.id);
		id = workflow.id;
		const trigger = present(
			workflow.nodes.find(({ type }) => type.endsWith('.chatTrigger')),
			'chat',
		);
		chat = `${scene.n8n.baseUrl}/webhook/${trigger.webhookId}/chat`;
	});
	afterAll(async () => {
		await scene.client.deactivate(id);
		await model?.stop();
	});

	async function answerTo(chatInput: string): Promise<string> {
		const body = JSON.stringify({ action: 'sendMessage', sessionId: randomUUID(), chatInput });
		const headers = { 'content-type': 'application/json' };
		const response = await send(chat, { method: 'POST', headers, body, timeoutMs: LIMIT_MS });
		return (JSON.parse(response.body) as { output: string }).output;
	}

	it('the model searches, reads the page, and its answer names the source', async () => {
		const calls = callsFromNowOn();
		const before = model.requests.length;
		expect(await answerTo(QUESTION)).toBe(`${MARKDOWN}\n\nSources:\n- [Reset the phone](${url})`);
		expect(calls()).toEqual([
			'GET /llm/kernels',
			expect.stringMatching(/^GET \/pages\/[^/]+$/),
			expect.stringMatching(/^GET \/pages\/.*\/contents$/),
		]);
		const [first, ...others] = model.requests.slice(before);
		expect(first!.tools!.map((tool) => tool.function.name).toSorted()).toEqual(TOOLS.toSorted());
		expect(first!.messages[0]!.content).toMatch(/Where nothing fits, say "I don't know/);
		expect(first!.messages[0]!.content).toMatch(/Where a tool returns an error, say that/);
		expect(others).toHaveLength(2);
	});

	it('the model reads that nothing fits, and says that it does not know', async () => {
		const before = model.requests.length;
		expect(await answerTo(NOT_ANSWERED)).toBe(DONT_KNOW);
		const results = model.requests.slice(before).flatMap(({ messages }) => messages.slice(-1));
		expect(results.at(-1)!.content).toMatch(/Nothing fits\./);
	});
});
