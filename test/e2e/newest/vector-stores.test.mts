import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Embeddings } from '../../support/e2e/embeddings.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { importTemplate } from '../../support/e2e/template.mts';
import { serverTokenFor } from '../../support/integration/scene.mts';
import type { Credential, NewWorkflow, Workflow } from '../../support/n8n/client.mts';
import { executionError, executionItems } from '../../support/n8n/executions.mts';
import { type PostgresServer, startPostgres } from '../../support/n8n/postgres.mts';
import { present } from '../../support/present.mts';
import { lacks } from '../../support/programs.mts';
import type { Page } from '../../support/simulator/index.mts';
import { waitUntil } from '../../support/wait.mts';

/*
 * The ready-made workflows that keep a vector store, imported into a real n8n with a real store. Only the model that
 * makes the embeddings is a stand-in.
 */

const [PGVECTOR, SIMPLE] = ['vector-store', 'simple-vector-store'] as const;
type Node = Workflow['nodes'][number];

const NAMES = ['Setup', 'Reset', 'Billing', 'Wall_mount', 'Sounds', 'Lights', 'Battery', 'Warranty', 'Display'];

describe('a ready-made workflow, imported into a real n8n', () => {
	let scene: Scene;
	let model: Embeddings;
	let reader: Credential;
	beforeAll(async () => {
		model = await Embeddings.start();
		scene = await Scene.open();
		// A page that has just changed is read again.
		const at = new Date(Date.now() - 3_600_000);
		for (const name of NAMES) scene.site.site.createPage(`Manual/${name}`, { at, html: `<p>All about ${name}.</p>` });
		reader = await scene.client.createCredential('Reader', 'cxoneExpertApi', asReader());
	});
	afterAll(async () => {
		await scene?.close();
		await model?.stop();
	});

	/** Sees public pages only. */
	const asReader = () => ({ ...serverTokenFor(scene.site), runAsUser: 'reader' });

	/** Filled in as its notes ask: the trigger with the token of an admin, the comparison with that of a reader. */
	async function imported(name: string, credentials: Credential[]): Promise<Workflow> {
		const { id, nodes } = await importTemplate(scene, name, [scene.credential, ...credentials], {}, () => ({}));
		const filledIn = nodes.map((node) =>
			node.name === 'Compare with the site' ? { ...node, credentials: { cxoneExpertApi: reader } } : node,
		);
		return await scene.client.updateWorkflow(id, { nodes: filledIn });
	}

	/** "Execute workflow" from its schedule. */
	async function run({ id, nodes }: Workflow) {
		const schedule = present(
			nodes.find(({ type }) => type.endsWith('.scheduleTrigger')),
			'schedule',
		);
		const known = new Set((await scene.client.executions(id)).map((each) => each.id));
		await scene.client.runFrom(id, schedule.name);
		const all = await scene.client.waitForExecutions(id, known.size + 1);
		return present(
			all.find((each) => !known.has(each.id)),
			'execution',
		);
	}

	/** Each page that readers see, as `path: text`. */
	function shown(): string[] {
		const isShown = (page: Page) => page.draftState !== 'unpublished' && page.restriction === 'Public';
		const asLine = ({ path, html }: Page) => `${path}: ${html.replaceAll(/<[^>]*>/g, '')}`;
		return scene.site.site.pages.current.filter(isShown).map(asLine).sort();
	}

	/** The same of what a store has. */
	function asLine({ url, text }: { url: string; text: string }): string {
		const path = decodeURIComponent(new URL(url).pathname.slice(1));
		return `${path}: ${text.replace(/\s*Source: \S+$/, '')}`;
	}

	describe.skipIf(lacks('postgresql', 'postgresql-.*-pgvector'))(`${PGVECTOR}, on PostgreSQL with pgvector`, () => {
		let postgres: PostgresServer;
		let workflow: Workflow;
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
			const openAi = await scene.client.createCredential('Embeddings', 'openAiApi', model.openAi);
			workflow = await imported(PGVECTOR, [database, openAi]);
		});
		afterAll(async () => await postgres?.stop());

		const rows = () =>
			postgres.rows<{ url: string; text: string }>("SELECT metadata->>'url' AS url, text FROM expert_pages");
		const stored = () => rows().map(asLine).sort();

		async function expectUpdated() {
			expect(executionError(await run(workflow))).toBeUndefined();
			expect(stored()).toEqual(shown());
		}

		it('makes and fills the table in the first execution, and reads no text again in the second', async () => {
			await expectUpdated();
			const { count } = model;
			await expectUpdated();
			expect(model.count).toBe(count);
		});

		it('follows each event at once', async () => {
			const { site } = scene.site;
			await scene.client.activate(workflow.id);
			onTestFinished(async () => await scene.client.deactivate(workflow.id));
			const { pageId } = site.createPage('Manual/New', { html: '<p>Just published</p>' });
			const deeds: Record<string, () => void> = {
				'edit a page': () => site.editPage('Manual/Setup', { html: '<p>Edited</p>' }),
				'copy a page': () => site.copyPage('Manual/Reset', 'Manual/Copy'),
				'move a page': () => site.movePage('Manual/Reset', 'Archive/Reset'),
				'restrict a page': () => site.restrictPage('Manual/Sounds', 'Private'),
				'open a page to all': () => site.restrictPage('Manual/Sounds', 'Public'),
				'delete a page': () => site.deletePage(pageId),
				'restore a page': () => site.restorePage(pageId),
			};
			for (const [deed, change] of Object.entries(deeds)) {
				change();
				await expect.poll(stored, { message: deed, timeout: 60_000 }).toEqual(shown());
			}
		});

		it('finds by the hour what no event has told, and what others did to the table', async () => {
			const { site } = scene.site;
			site.unpublishPage('Manual/Lights');
			site.deletePage('Manual/Battery');
			site.tagPage('Manual/Warranty', { add: ['new'] });
			postgres.execute(`
				INSERT INTO expert_pages (text, metadata) SELECT text, metadata || '{"run": "another"}' FROM expert_pages
				WHERE text LIKE '%Setup%';
				UPDATE expert_pages SET text = 'half' WHERE metadata->>'title' = 'Display';
			`);
			await expectUpdated();
		});

		it('renews a page of which n8n had stored only a part when it was killed', async () => {
			const { site } = scene.site;
			const words = Array.from({ length: 900 }, (_, index) => `<p>${'word '.repeat(60)}${index}</p>`).join('');
			const { pageId } = site.createPage('Manual/Long', { html: words });
			const ofPage = () =>
				postgres.rows<{ text: string }>("SELECT text FROM expert_pages WHERE metadata->>'pageId' = ?", String(pageId));
			model.hangAfterNext();
			await scene.client.runFrom(workflow.id, 'Every hour');
			await waitUntil('a part is stored', () => ofPage().length > 0);
			const part = ofPage().length;
			await scene.n8n.restart({ kill: true });
			model.goOn();

			expect(executionError(await run(workflow))).toBeUndefined();
			const whole = ofPage();
			expect(whole.length).toBeGreaterThan(part);
			for (const index of [0, 450, 899]) {
				const once = whole.filter(({ text }) => text.includes(`word ${index}\n`));
				expect(once.length, `paragraph ${index}`).toBeGreaterThan(0);
			}
			site.deletePage(pageId);
			await expectUpdated();
		});

		it('removes nothing where the token is refused, or its user sees far less than before', async () => {
			const { site } = scene.site;
			const before = stored();
			onTestFinished(async () => await scene.client.updateCredential(reader, asReader()));
			await scene.client.updateCredential(reader, { ...asReader(), tokenSecret: 'another' });
			expect(executionError(await run(workflow))).toContain('token');
			for (const name of ['Setup', 'Wall_mount', 'Display']) site.restrictPage(`Manual/${name}`, 'Private');
			await scene.client.updateCredential(reader, asReader());
			expect(executionError(await run(workflow))).toContain('far fewer pages');
			expect(stored()).toEqual(before);
			for (const name of ['Setup', 'Wall_mount', 'Display']) site.restrictPage(`Manual/${name}`, 'Public');
			await expectUpdated();
		});
	});

	it(`${SIMPLE}: is filled anew each time, so that no page stays that readers no longer see`, async () => {
		const { site } = scene.site;
		const ollama = await scene.client.createCredential('Ollama', 'ollamaApi', model.ollama);
		const workflow = await imported(SIMPLE, [ollama]);
		const question = await asking(workflow);
		const stored = async () => {
			expect(executionError(await run(workflow))).toBeUndefined();
			const answer = executionItems(await run(question), 'Store');
			const documents = answer.map(({ document }) => document as { pageContent: string; metadata: { url: string } });
			return documents.map(({ pageContent, metadata }) => asLine({ url: metadata.url, text: pageContent })).sort();
		};
		expect(await stored()).toEqual(shown());
		site.deletePage('Manual/Warranty');
		site.restrictPage('Manual/Sounds', 'Private');
		expect(await stored()).toEqual(shown());
	});

	/** A workflow that takes all that the store of this one has. */
	async function asking({ nodes, connections }: Workflow): Promise<Workflow> {
		const [store, embeddings, schedule] = ['Store', 'Embeddings', 'Every six hours'].map((name) =>
			present(
				nodes.find((node) => node.name === name),
				name,
			),
		) as [Node, Node, Node];
		const { memoryKey } = store.parameters;
		const parameters = { mode: 'load', memoryKey, prompt: 'anything', topK: 1000 };
		const { Embeddings } = connections;
		return await scene.client.createWorkflow({
			name: 'Ask the store',
			nodes: [schedule, embeddings, { ...store, parameters }],
			connections: { Embeddings, [schedule.name]: { main: [[{ node: 'Store', type: 'main', index: 0 }]] } },
		} as NewWorkflow);
	}
});
