import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credential, N8nClient, type Workflow } from '../n8n/client.mts';
import { type Execution, executionItems } from '../n8n/executions.mts';
import { ensureN8n } from '../n8n/install.mts';
import { type N8nInstance, startN8n } from '../n8n/instance.mts';
import { owner } from '../n8n/rest.mts';
import { cacheFolder, n8nVersion } from '../n8n/runtime.mts';
import { type Settings, type Simulator, startSimulator, vendorGuess } from '../simulator/index.mts';
import { fact, heading, passed, remark } from './terminal.mts';

const example = join(import.meta.dirname, 'workflow.json');
/** Its trigger. */
export const TRIGGER = 'When a page changes';

/**
 * n8n's default engine starts two sandboxes for each delivery (docs/operating.md#sizing). On a busy machine an
 * import of twenty pages would get its responses too late, and the site would disable the webhook.
 */
const ENGINE = { N8N_EXPRESSION_ENGINE: 'legacy' };

export interface StageOptions {
	/** Of its data folder. */
	name: string;
	/** Puts the package where n8n looks for it, and returns what to say about it. */
	installPackage: (userFolder: string) => Promise<string>;
	/** More settings of n8n. */
	env?: Record<string, string>;
	/** Settings of the site that are not the vendor's. */
	site?: Partial<Settings>;
}

/**
 * A real n8n with the package in it, a simulated site beside it, and a workflow that is published. It
 * can be closed at any time, half built too.
 */
export class Stage {
	readonly userFolder: string;
	simulator!: Simulator;
	n8n!: N8nInstance;
	client!: N8nClient;
	workflow!: Workflow;
	readonly webhookId = randomUUID();
	private readonly options: StageOptions;
	private building?: Promise<void>;

	constructor(options: StageOptions) {
		this.options = options;
		this.userFolder = join(cacheFolder, options.name, String(process.pid));
	}

	/** An Expert site and an n8n with the package in it. */
	async build(signal: AbortSignal): Promise<void> {
		this.building = this.buildAll(signal);
		await this.building;
	}

	/** A user's one-time setup: a credential, and a workflow, imported and published. */
	async publish(): Promise<void> {
		heading('Setting up, as a user does');
		const { longTermToken, signingSecret } = this.simulator;
		const secrets = { longTermToken, signingSecret };
		this.workflow = await this.addWorkflow('Expert site', secrets, (trigger) => {
			// The editor gives an imported trigger an id of its own.
			trigger.webhookId = this.webhookId;
		});
	}

	/** What n8n has made of a delivery. */
	async outcomeOf(deliveryId: string): Promise<Outcome | undefined> {
		for (const execution of await this.client.executionsWithData(this.workflow.id)) {
			const items = executionItems(execution, TRIGGER);
			const item = items.find((each) => each.deliveryId === deliveryId);
			if (item) return { execution, item };
			if (execution.data?.resultData.metadata?.deliveryId === deliveryId) return { execution };
		}
		return undefined;
	}

	/** The example with another trigger or credential: created, tested, imported, published. */
	async addWorkflow(
		credentialName: string,
		secrets: { longTermToken: string; signingSecret?: string },
		change: (trigger: Workflow['nodes'][number], workflow: Workflow) => void,
	): Promise<Workflow> {
		const data = { siteUrl: this.simulator.url, authentication: 'jwt', ...secrets };
		const credential = await this.client.createCredential(credentialName, 'cxoneExpertApi', data);
		const test = await this.client.testCredential(credential, data);
		if (test.status !== 'OK') throw new Error(`The credential test says: ${test.message}`);
		passed(`credential tested: ${test.message}`);

		const workflow = await this.importWorkflow(credential, change);
		passed(`workflow imported: "${workflow.name}"`);
		const started = Date.now();
		await this.client.activate(workflow.id);
		passed(`workflow published in ${Date.now() - started} ms`);
		return workflow;
	}

	/** Unpublishes; a failure shows in the site's webhooks, which the caller checks. */
	async unpublish(): Promise<void> {
		await this.client.deactivate(this.workflow.id);
	}

	async publishAgain(): Promise<void> {
		await this.client.activate(this.workflow.id);
	}

	/** Next page to visit. */
	printAddresses(): void {
		const editorUrl = `${this.n8n.baseUrl}/workflow/${this.workflow.id}`;
		fact('Expert site', `${this.simulator.url}/   create, edit and move pages there`);
		fact('credentials', '"Expert site" for all; the other one is for polling only');
		fact('n8n', editorUrl);
		fact('log in as', `${owner.email} / ${owner.password}`);
	}

	/** Stops everything; the data folder with n8n's log stays when `keepData` says so. */
	async close({ keepData = false } = {}): Promise<void> {
		// What is being built gives up at the signal, and then leaves nothing that runs.
		await this.building?.catch(() => {});
		await this.n8n?.stop();
		await this.simulator?.close();
		if (!keepData) await rm(this.userFolder, { recursive: true, force: true });
	}

	private async buildAll(signal: AbortSignal): Promise<void> {
		heading('Preparing');
		await ensureN8n({ onProgress: remark, signal });
		const local = { allowHttpUrls: true, requestDetails: 'user' } as const;
		this.simulator = await startSimulator({ ...vendorGuess, ...local, ...this.options.site });
		fact('Expert site', `simulator at ${this.simulator.url}`);
		await rm(this.userFolder, { recursive: true, force: true });
		await mkdir(this.userFolder, { recursive: true });
		const { userFolder } = this;
		const installed = await this.options.installPackage(userFolder);
		remark(`Starting n8n ${n8nVersion} …`);
		const env = { ...ENGINE, ...this.options.env };
		this.n8n = await startN8n({ userFolder, signal, env });
		fact('n8n', `${n8nVersion} at ${this.n8n.baseUrl}, ${installed}`);
		fact('engine', 'legacy, quicker with expressions than the default (docs/operating.md#sizing)');
		this.client = new N8nClient(this.n8n.baseUrl);
		await this.client.setupOwner();
	}

	private async importWorkflow(
		credential: Credential,
		change: (trigger: Workflow['nodes'][number], workflow: Workflow) => void,
	): Promise<Workflow> {
		const workflow = JSON.parse(await readFile(example, 'utf8')) as Workflow;
		const trigger = workflow.nodes.find(({ name }) => name === TRIGGER)!;
		trigger.credentials = { cxoneExpertApi: { id: credential.id, name: credential.name } };
		change(trigger, workflow);
		return await this.client.createWorkflow(workflow);
	}
}

export type Item = Record<string, any>;

/** Outcome of a delivery in n8n. */
export interface Outcome {
	execution: Execution;
	/** Absent where the trigger has passed nothing on. */
	item?: Item;
}
