import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Nginx } from '../support/e2e/nginx.mts';
import { type Credential, N8nClient, type Workflow } from '../support/n8n/client.mts';
import { N8nDatabase } from '../support/n8n/database.mts';
import { type N8nInstance, startN8n } from '../support/n8n/instance.mts';
import { onFreePort } from '../support/ports.mts';
import { packPackage } from '../support/n8n/pack.mts';
import {
	sendDelivery,
	type Simulator,
	type SingleDelivery,
	startSimulator,
} from '../support/simulator/index.mts';
import { triggerWorkflow } from './workflow.mts';

/** What the site sends with each delivery; set by hand, to be known before anything is published. */
const authorization = 'Bearer of-the-bench';

/** A site, a real n8n with the packed package, and nginx as in examples/deploy in front of it. */
export class Stage {
	readonly site: Simulator;
	readonly n8n: N8nInstance;
	readonly nginx: Nginx;
	readonly client: N8nClient;
	readonly database: N8nDatabase;
	published!: Workflow;
	private credential!: Credential;

	private constructor(site: Simulator, n8n: N8nInstance, nginx: Nginx) {
		this.site = site;
		this.n8n = n8n;
		this.nginx = nginx;
		this.client = new N8nClient(n8n.baseUrl);
		this.database = new N8nDatabase(n8n.userFolder);
	}

	static async open(env: Record<string, string> = {}): Promise<Stage> {
		const site = await startSimulator({ autoDisableAfter: 100_000 });
		const packageTarball = await packPackage();
		const behindNginx = async (port: number) => await startBehindNginx(port, packageTarball, env);
		const { n8n, nginx } = await onFreePort(behindNginx);
		await rm(dirname(packageTarball), { recursive: true });
		const stage = new Stage(site, n8n, nginx);
		await stage.client.setupOwner();
		const { url: siteUrl, longTermToken, signingSecret } = site;
		const secrets = { siteUrl, authentication: 'jwt', longTermToken, signingSecret };
		const data = { ...secrets, deliveryToken: authorization };
		stage.credential = await stage.client.createCredential('Site', 'cxoneExpertApi', data);
		stage.published = await stage.workflow();
		await stage.client.activate(stage.published.id);
		return stage;
	}

	/** A workflow that is not published yet. */
	async workflow(): Promise<Workflow> {
		const drawn = triggerWorkflow(this.credential, 0);
		drawn.nodes[0]!.webhookId = randomUUID();
		return await this.client.createWorkflow(drawn);
	}

	/** Sends genuine deliveries to a workflow: straight to n8n, or through nginx. */
	sender(workflow: Workflow, way: 'n8n' | 'nginx') {
		const baseUrl = way === 'n8n' ? this.n8n.baseUrl : this.nginx.url;
		const url = `${baseUrl}/webhook/${workflow.nodes[0]!.webhookId}/webhook`;
		const secret = this.site.signingSecret;
		return async (changes: Pick<SingleDelivery, 'body' | 'timeoutMs'>) =>
			await sendDelivery(url, { secret, authorization, ...changes });
	}

	async close(): Promise<void> {
		await this.nginx.close();
		await this.n8n.stop();
		await this.site.close();
		await rm(this.n8n.userFolder, { recursive: true, force: true });
	}
}

/** An n8n that nginx has in front of it at this port, and is told so. */
async function startBehindNginx(port: number, packageTarball: string, env: Record<string, string>) {
	const userFolder = await mkdtemp(join(tmpdir(), 'cxone-expert-bench-'));
	const webhookUrl = `http://127.0.0.1:${port}/`;
	const n8n = await startN8n({ userFolder, packageTarball, webhookUrl, env });
	try {
		return { n8n, nginx: await Nginx.start({ port, upstream: n8n.baseUrl }) };
	} catch (error) {
		await n8n.kill();
		await rm(userFolder, { recursive: true });
		throw error;
	}
}
