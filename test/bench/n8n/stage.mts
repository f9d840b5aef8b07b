import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Scene } from '../../support/e2e/scene.mts';
import type { Credential, N8nClient } from '../../support/n8n/client.mts';
import type { Execution } from '../../support/n8n/executions.mts';
import { packPackage } from '../../support/n8n/pack.mts';
import type { Target } from './load.mts';
import {
	type Credentials,
	draw,
	type Drawn,
	type SubjectName,
	subjectNames,
} from './workflows.mts';

/** One published workflow, and where its deliveries go. */
export interface Subject extends Target {
	id: string;
}

export type Subjects = Record<SubjectName, Subject>;

/** The token of each delivery; set by hand, so that all workflows get the same deliveries. */
const authorization = 'Bearer of-the-bench';

/** A real n8n with the packed package, and a site whose deliveries the benchmark plays. */
export class Stage {
	readonly scene: Scene;
	private readonly credentials: Credentials;
	private readonly tarball: string;

	private constructor(scene: Scene, credentials: Credentials, tarball: string) {
		this.scene = scene;
		this.credentials = credentials;
		this.tarball = tarball;
	}

	static async open(env: Record<string, string>): Promise<Stage> {
		const tarball = await packPackage();
		const scene = await Scene.open({}, env, { packageTarball: tarball });
		const { client, secrets } = scene;
		const data = { ...secrets, deliveryToken: authorization };
		const hmac = { hmacSecret: scene.site.signingSecret };
		const site = await client.createCredential('Bench', 'cxoneExpertApi', data);
		const crypto = await client.createCredential('Signing secret', 'crypto', hmac);
		return new Stage(scene, { site, crypto }, tarball);
	}

	get client(): N8nClient {
		return this.scene.client;
	}

	get siteCredential(): Credential {
		return this.credentials.site;
	}

	/** Publishes the four workflows that are compared, new ones: none of them remembers anything. */
	async publishAll(): Promise<Subjects> {
		const published: Array<readonly [SubjectName, Subject]> = [];
		for (const name of subjectNames) {
			published.push([name, await this.publish(draw(name, this.credentials))]);
		}
		return Object.fromEntries(published) as Subjects;
	}

	async publish({ workflow, path }: Drawn): Promise<Subject> {
		const { id } = await this.client.createWorkflow(workflow);
		await this.client.activate(id);
		const { n8n, site } = this.scene;
		const url = `${n8n.baseUrl}/webhook/${path}`;
		return { id, url, secret: site.signingSecret, authorization };
	}

	/** How many executions of this workflow n8n has finished and kept. */
	async finishedRuns({ id }: Subject): Promise<number> {
		return (await this.list({ workflowId: id })).count;
	}

	/** Whether n8n has executions of this workflow that have not ended. */
	async isBusy({ id }: Subject): Promise<boolean> {
		return (await this.list({ workflowId: id, status: ['new', 'running'] })).results.length > 0;
	}

	private async list(filter: object): Promise<{ results: Execution[]; count: number }> {
		const query = encodeURIComponent(JSON.stringify(filter));
		return await this.client.rest('GET', `/executions?filter=${query}&limit=1`);
	}

	async close(): Promise<void> {
		await this.scene.close();
		await rm(dirname(this.tarball), { recursive: true, force: true });
	}
}
