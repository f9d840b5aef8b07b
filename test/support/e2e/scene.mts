import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, cp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { type Credential, N8nClient, type NewWorkflow } from '../n8n/client.mts';
import { N8nDatabase } from '../n8n/database.mts';
import { type Execution, executionItems } from '../n8n/executions.mts';
import { type N8nInstance, startN8n } from '../n8n/instance.mts';
import type { PostgresServer } from '../n8n/postgres.mts';
import { withCode, withEditor, withoutCode, withoutEditor, databaseFile } from '../n8n/settings.mts';
import { fastTest, type Settings, type Simulator, startSimulator } from '../simulator/index.mts';
import { present } from '../present.mts';
import { PublishedTrigger } from './published-trigger.mts';
import { DatabaseSync } from 'node:sqlite';
import { once } from '../n8n/install.mts';
import { cacheFolder, n8nVersion } from '../n8n/runtime.mts';

export const TRIGGER = 'When Expert changes';

export interface SceneOptions {
	/** Outside of a test run there is none that the tests have packed. n8n's data lies beside it. */
	packageTarball?: string;
	/** n8n's data folder; by default a new one. It is removed in the end. */
	userFolder?: string;
	/** n8n's database; SQLite by default. Closing the scene leaves it as it is. */
	postgres?: PostgresServer;
	/** Address at which the site finds n8n, when it is behind something. */
	publicUrl?: string;
}

export interface WorkflowOptions {
	/** Code of the node behind the trigger. */
	code?: string;
	/** Parameters of action nodes in between; the workflow continues if they fail. */
	actions?: object[];
	/** By default that of the scene's own site. */
	credential?: Credential;
}

/** A Code node that writes workflow static data in every execution. */
export const COUNT_IN_STATIC_DATA = `
const data = $getWorkflowStaticData('global');
data.count = (data.count ?? 0) + 1;
return $input.all();`;

/** Default settings of a site: n8n takes the first deliveries seconds late. */
const patience: Partial<Settings> = { ...fastTest, retries: 30, autoDisableAfter: 1000 };

/** An n8n that is set up, and its owner's session. */
interface Running {
	n8n: N8nInstance;
	client: N8nClient;
	/** It was started with {@link withCode}. */
	runsCode: boolean;
}

/**
 * Shared by the test files of a worker, and closed with it. Includes the session: n8n limits logins
 * to a few a minute.
 */
let shared: Promise<Running> | undefined;

/** One Expert site and one real n8n with the packed package and a credential in it. */
export class Scene {
	readonly site: Simulator;
	readonly n8n: N8nInstance;
	readonly client: N8nClient;
	readonly database: N8nDatabase;
	readonly publicUrl: string;
	readonly secrets: Record<string, string>;
	credential!: Credential;
	private readonly runsCode: boolean;
	private readonly logStart: number;

	private constructor(site: Simulator, { n8n, client, runsCode }: Running, options: SceneOptions) {
		const { postgres, publicUrl = n8n.baseUrl } = options;
		this.publicUrl = publicUrl;
		this.runsCode = runsCode;
		this.logStart = n8n.log.length;
		this.site = site;
		this.n8n = n8n;
		this.client = client;
		this.database = new N8nDatabase(n8n.userFolder, postgres);
		const { url: siteUrl, longTermToken, signingSecret } = site;
		this.secrets = { siteUrl, authentication: 'jwt', longTermToken, signingSecret };
	}

	/** With its own n8n, for tests that configure, stop or kill it. */
	static async open(
		settings: Partial<Settings> = {},
		env: Record<string, string> = {},
		options: SceneOptions = {},
	): Promise<Scene> {
		return await Scene.with(settings, await startOwn(env, options), options);
	}

	/** With an n8n shared in turn with other test files. */
	static async share(settings: Partial<Settings> = {}): Promise<Scene> {
		shared ??= startOwn({ ...withEditor, ...withCode }, {}).catch((error: unknown) => {
			shared = undefined;
			throw error;
		});
		return await Scene.with(settings, await shared);
	}

	private static async with(settings: Partial<Settings>, running: Running, options: SceneOptions = {}): Promise<Scene> {
		const site = await startSimulator({ ...patience, ...settings });
		const scene = new Scene(site, running, options);
		scene.credential = await scene.client.createCredential('Site', 'cxoneExpertApi', scene.secrets);
		return scene;
	}

	/** This n8n is no longer needed, so it may be killed. */
	async close() {
		const { n8n, site } = this;
		if (n8n !== (await shared)?.n8n) {
			await n8n.kill();
			// What n8n has started may still be ending.
			await rm(n8n.userFolder, { recursive: true, force: true, maxRetries: 10 });
		}
		await site.close();
	}

	/** n8n's log since the scene was opened. */
	get log(): string {
		return this.n8n.log.slice(this.logStart);
	}

	/** A workflow as a workflow author draws it: the trigger, and a node behind it. Not published yet. */
	async workflow(
		parameters: object,
		{ code, actions = [], credential = this.credential }: WorkflowOptions = {},
	): Promise<PublishedTrigger> {
		const webhookId = randomUUID();
		const between = actions.map((each, index) => action(index + 1, each, credential));
		const nodes = [trigger(webhookId, parameters, credential), ...between, this.followUp(code)];
		const { id } = await this.client.createWorkflow({
			name: `Test ${webhookId}`,
			nodes,
			connections: oneAfterTheOther(nodes),
		} as NewWorkflow);
		return new PublishedTrigger(this, id, webhookId);
	}

	/** A workflow that others call, with one node in it. */
	async subWorkflow(code: string) {
		const start = {
			id: randomUUID(),
			name: 'When called',
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1.1,
			position: [0, 0],
			parameters: { inputSource: 'passthrough' },
		};
		return await this.client.createWorkflow({
			name: 'Called by others',
			nodes: [start, this.followUp(code)],
			connections: { [start.name]: { main: [[{ node: 'Next', type: 'main', index: 0 }]] } },
		} as NewWorkflow);
	}

	/** A published workflow that n8n starts when another one fails; returns its id. */
	async errorWorkflow(): Promise<string> {
		const start = {
			...{ id: randomUUID(), name: 'On error', type: 'n8n-nodes-base.errorTrigger' },
			...{ typeVersion: 1, position: [0, 0], parameters: {} },
		};
		const { id } = await this.client.createWorkflow({
			name: 'Alarm',
			nodes: [start],
			connections: {},
		});
		await this.client.activate(id);
		return id;
	}

	private followUp(code?: string) {
		const base = { id: randomUUID(), name: 'Next', position: [220, 0] };
		if (code === undefined) return { ...base, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
		if (!this.runsCode) throw new Error('This n8n runs no code: open its scene "withCode".');
		return { ...base, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode: code } };
	}

	/** The same, published. */
	async published(parameters: object, options: WorkflowOptions = {}) {
		const workflow = await this.workflow(parameters, options);
		await this.client.activate(workflow.id);
		return workflow;
	}

	/** Removes a webhook as an admin does it in the dashboard. */
	async removeAtSite(webhookId: number) {
		await this.site.ask('DELETE', `/webhooks/${webhookId}`);
	}

	/** Runs one node behind "Execute workflow"; gives the execution that n8n has kept. */
	async runNode(node: { name: string } & Record<string, unknown>): Promise<Execution> {
		const start = { name: 'When clicked', type: 'n8n-nodes-base.manualTrigger' };
		const nodes = [{ ...start, typeVersion: 1, parameters: {} }, node];
		const { id } = await this.client.createWorkflow({
			name: node.name,
			nodes: nodes.map((each) => ({ ...each, id: randomUUID(), position: [0, 0] })),
			connections: oneAfterTheOther(nodes),
		} as unknown as NewWorkflow);
		await this.client.runFrom(id, start.name);
		return present((await this.client.waitForExecutions(id, 1))[0], 'execution');
	}

	/** The items of all finished executions of a workflow, one list per execution. */
	async items(workflowId: string, atLeast: number, timeoutMs?: number) {
		const executions = await this.client.waitForExecutions(workflowId, atLeast, timeoutMs);
		return executions.map((execution) => executionItems(execution, TRIGGER));
	}
}

async function startOwn(
	env: Record<string, string>,
	{ packageTarball = inject('tarball'), userFolder, postgres }: SceneOptions,
): Promise<Running> {
	const folder = userFolder ?? (await mkdtemp(join(dirname(packageTarball), 'n8n-')));
	// It holds an SQLite database.
	if (postgres === undefined) await copyFreshFolder(folder);
	const ownEnv: Record<string, string> = {
		...withoutEditor,
		...withoutCode,
		...postgres?.env,
		...env,
	};
	const n8n = await startN8n({ userFolder: folder, packageTarball, env: ownEnv });
	const client = new N8nClient(n8n.baseUrl);
	await client.setupOwner();
	// In queue mode the workers run it.
	const runsCode = ownEnv.N8N_RUNNERS_MODE === 'internal' || ownEnv.EXECUTIONS_MODE === 'queue';
	return { n8n, client, runsCode };
}

function trigger(webhookId: string, parameters: object, { id, name }: Credential) {
	return {
		id: randomUUID(),
		name: TRIGGER,
		type: 'n8n-nodes-cxone-expert.cxoneExpertTrigger',
		typeVersion: 1,
		position: [0, 0],
		webhookId,
		parameters,
		credentials: { cxoneExpertApi: { id, name } },
	};
}

function action(number: number, parameters: object, { id, name }: Credential) {
	return {
		id: randomUUID(),
		name: `Action ${number}`,
		type: 'n8n-nodes-cxone-expert.cxoneExpert',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { cxoneExpertApi: { id, name } },
		onError: 'continueRegularOutput',
	};
}

function oneAfterTheOther(nodes: Array<{ name: string }>): NewWorkflow['connections'] {
	const names = nodes.map(({ name }) => name);
	const next = (index: number) => [[{ node: names[index + 1], type: 'main', index: 0 }]];
	return Object.fromEntries(names.slice(0, -1).map((name, index) => [name, { main: next(index) }]));
}

/** An n8n that was started once, and has its owner. It knows no package. */
const prepared = join(cacheFolder, `n8n-${n8nVersion}-fresh`);

/**
 * Makes a user folder as n8n leaves it after its first start. A start with it is half as long as
 * the first one, in which n8n makes 300 changes to its database.
 */
async function copyFreshFolder(target: string): Promise<void> {
	await once(prepared, prepare);
	await cp(prepared, target, { recursive: true, dereference: true });
}

async function prepare(): Promise<void> {
	const userFolder = await mkdtemp(`${prepared}-`);
	const n8n = await startN8n({ userFolder, env: withoutEditor });
	try {
		await new N8nClient(n8n.baseUrl).setupOwner();
	} finally {
		// In order: only then does Node write down what it has compiled.
		await n8n.stop();
	}
	closeJournal(databaseFile(userFolder));
	await rm(n8n.logFile);
	await rename(userFolder, prepared);
}

/** Merges SQLite's side files into the database, so that each copy is small and complete. */
function closeJournal(file: string) {
	const database = new DatabaseSync(file);
	database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
}
