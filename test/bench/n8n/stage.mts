import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Scene } from '../../support/e2e/scene.mts';
import type { Credential, N8nClient } from '../../support/n8n/client.mts';
import { type SqlDatabase, SqliteDatabase } from '../../support/n8n/database.mts';
import type { Execution } from '../../support/n8n/executions.mts';
import { packPackage } from '../../support/n8n/pack.mts';
import { N8nApiError } from '../../support/n8n/rest.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { waitUntil } from '../../support/wait.mts';
import type { Parts } from './cpu.mts';
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

/** What is measured: one process of n8n, or many with all that is between them. */
export interface Setup {
	scene: Scene;
	/** What n8n stores its data in; SQLite when left out. */
	postgres?: SqlDatabase;
	/** Whose CPU time is counted. */
	parts: () => Promise<Parts>;
	close: () => Promise<void>;
}

/** A real n8n with the packed package, and a site whose deliveries the benchmark plays. */
export class Stage {
	readonly scene: Scene;
	readonly sql: SqlDatabase;
	readonly parts: () => Promise<Parts>;
	private readonly credentials: Credentials;
	private readonly closeAll: () => Promise<void>;

	private constructor(
		{ scene, parts, postgres }: Setup,
		credentials: Credentials,
		closeAll: () => Promise<void>,
	) {
		this.scene = scene;
		this.sql = postgres ?? new SqliteDatabase(scene.n8n.userFolder);
		this.parts = parts;
		this.credentials = credentials;
		this.closeAll = closeAll;
	}

	/** One n8n. */
	static async open(env: Record<string, string>): Promise<Stage> {
		return await Stage.with(async (packageTarball) => {
			const scene = await Scene.open({}, { ...withCode, ...env }, { packageTarball });
			const parts = async () => ({ n8n: [scene.n8n.pid!] });
			return { scene, parts, close: async () => await scene.close() };
		});
	}

	static async with(open: (packageTarball: string) => Promise<Setup>): Promise<Stage> {
		const tarball = await packPackage();
		const setup = await open(tarball);
		const { client, secrets, site: expert } = setup.scene;
		const data = { ...secrets, deliveryToken: authorization };
		const hmac = { hmacSecret: expert.signingSecret };
		const site = await client.createCredential('Bench', 'cxoneExpertApi', data);
		const crypto = await client.createCredential('Signing secret', 'crypto', hmac);
		return new Stage(setup, { site, crypto }, async () => {
			await setup.close();
			await rm(dirname(tarball), { recursive: true, force: true });
		});
	}

	get client(): N8nClient {
		return this.scene.client;
	}

	get siteCredential(): Credential {
		return this.credentials.site;
	}

	/** Publishes the workflows that are compared, new ones: none of them remembers anything. */
	async publishAll(): Promise<Subjects> {
		return await this.publishThose(subjectNames);
	}

	async publishThose<Name extends SubjectName>(
		names: readonly Name[],
	): Promise<Record<Name, Subject>> {
		const published: Array<readonly [Name, Subject]> = [];
		for (const name of names) {
			published.push([name, await this.publish(draw(name, this.credentials))]);
		}
		return Object.fromEntries(published) as Record<Name, Subject>;
	}

	async publish({ workflow, path }: Drawn): Promise<Subject> {
		const { id } = await this.client.createWorkflow(workflow);
		await this.client.activate(id);
		const { publicUrl, site } = this.scene;
		const url = `${publicUrl}/webhook/${path}`;
		return { id, url, secret: site.signingSecret, authorization };
	}

	/** How many executions of this workflow n8n has finished and kept. */
	async finishedRuns({ id }: Subject): Promise<number> {
		return (await this.list({ workflowId: id })).count;
	}

	/** Whether n8n has executions of this workflow that have not ended, or too much to do to say so. */
	async isBusy({ id }: Subject): Promise<boolean> {
		try {
			return (await this.list({ workflowId: id, status: ['new', 'running'] })).results.length > 0;
		} catch (error) {
			// "Database is not ready!": it was flooded.
			if (error instanceof N8nApiError && error.status === 503) return true;
			throw error;
		}
	}

	/** Waits until n8n has run all that it has of this workflow. */
	async whenIdle(subject: Subject): Promise<void> {
		const isIdle = async () => !(await this.isBusy(subject));
		await waitUntil('n8n has run all', isIdle, { timeoutMs: 600_000, intervalMs: 500 });
	}

	private async list(filter: object): Promise<{ results: Execution[]; count: number }> {
		const query = encodeURIComponent(JSON.stringify(filter));
		return await this.client.rest('GET', `/executions?filter=${query}&limit=1`);
	}

	async close(): Promise<void> {
		await this.closeAll();
	}
}
