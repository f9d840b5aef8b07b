import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { N8nClient } from '../support/n8n/client.mts';
import { N8nDatabase } from '../support/n8n/database.mts';
import { type N8nInstance, startN8n } from '../support/n8n/instance.mts';
import { installPackage, packPackage } from '../support/n8n/pack.mts';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { type Simulator, startSimulator, vendorGuess } from '../support/simulator/index.mts';
import { longestFailure } from './failures.mts';
import { triggerWorkflow } from './workflow.mts';

/*
 * How should the trigger respond when n8n has not said in time that the execution is saved? The package
 * responds 200 if n8n has written the execution, its database responds, and n8n only waits for a free
 * place; else 503 at the deadline. This compares it with simpler rules: in the compiled files these
 * responses are changed, all else stays as it is.
 */

interface Variant {
	name: string;
	/** What the places that respond do: with n8n still at work, early or at the deadline, and before. */
	instead?: { presumed: string; atDeadline: string; before: string };
}

const variants: Variant[] = [
	{ name: 'as shipped' },
	{
		name: 'always 503',
		instead: {
			presumed: '',
			atDeadline: 'claim.toldToRetry(); return tellToRetry(n8n, response);',
			before: 'response.send(503)',
		},
	},
	{
		name: 'always 200',
		instead: {
			presumed: '',
			atDeadline: 'return response.send(200);',
			before: 'response.send(200)',
		},
	},
	{ name: 'no response', instead: { presumed: '', atDeadline: 'return;', before: 'undefined' } },
];

interface Load {
	name: string;
	events: number;
	/** Ms between two events; 0 makes them all at once. */
	every: number;
	/** Deliveries that the site has under way at the same time. */
	concurrency: number;
	/** Ms that each execution takes. */
	work: number;
	env?: Record<string, string>;
	/** Ends n8n by SIGKILL in the midst of it, this often. */
	kills?: number;
}

const fastEngine = { N8N_EXPRESSION_ENGINE: 'legacy' };
const loads: Load[] = [
	{ name: 'import, 4 concurrent', events: 150, every: 0, concurrency: 4, work: 0 },
	{ name: 'import, 20 concurrent', events: 150, every: 0, concurrency: 20, work: 0 },
	{
		name: 'import, 20 concurrent, legacy engine',
		...{ events: 300, every: 0, concurrency: 20, work: 0, env: fastEngine },
	},
	{
		name: 'limit of 1 execution, 5 s each',
		...{ events: 30, every: 2000, concurrency: 4, work: 5000 },
		env: { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' },
	},
	{
		name: 'n8n killed 5 times, legacy engine',
		...{ events: 900, every: 80, concurrency: 20, work: 0, env: fastEngine, kills: 5 },
	},
	{
		name: 'n8n killed 5 times, limit of 1 execution, 0.2 s each',
		...{ events: 200, every: 400, concurrency: 20, work: 200, kills: 5 },
		env: { ...fastEngine, N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' },
	},
];

const { values } = parseArgs({
	options: { json: { type: 'string' }, only: { type: 'string' }, engine: { type: 'string' } },
});

const rows: object[] = [];
const tarball = await packPackage();
for (const load of loads.filter(({ name }) => name.includes(values.only ?? ''))) {
	for (const variant of variants) {
		const row = { load: load.name, response: variant.name, ...(await measure(load, variant)) };
		console.log(JSON.stringify(row));
		rows.push(row);
	}
}
await rm(dirname(tarball), { recursive: true });
console.table(rows);
if (values.json) await writeFile(values.json, JSON.stringify(rows, null, '\t'));

async function measure(load: Load, variant: Variant) {
	const userFolder = await mkdtemp(join(tmpdir(), 'cxone-expert-bench-'));
	await installVariant(userFolder, variant);
	const site = await startSimulator({
		...vendorGuess,
		allowHttpUrls: true,
		concurrencyPerWebhook: load.concurrency,
		// Long enough to bridge the time that a killed n8n takes to come back.
		...(load.kills ? { autoDisableAfter: 100_000, retries: 8 } : {}),
	});
	const engine: Record<string, string> = values.engine
		? { N8N_EXPRESSION_ENGINE: values.engine }
		: {};
	const n8n = await startN8n({ userFolder, env: { ...engine, ...load.env } });
	try {
		const workflowId = await publish(site, n8n, load);
		const started = performance.now();
		await Promise.all([emitAll(site, load), killAll(site, n8n, load)]);
		await site.idle({ timeoutMs: 1_800_000 });
		const seconds = Math.round((performance.now() - started) / 1000);
		return { seconds, ...(await outcome(site, n8n, workflowId, load)) };
	} finally {
		await n8n.stop();
		await site.close();
		await rm(userFolder, { recursive: true, force: true });
	}
}

async function emitAll(site: Simulator, { events, every }: Load) {
	for (let event = 0; event < events; event++) {
		site.emit('page_create');
		if (every > 0) await sleep(every);
	}
}

/** While n8n is away the site holds its deliveries back: a start is not what is compared here. */
async function killAll(site: Simulator, n8n: N8nInstance, { kills = 0 }: Load) {
	for (let kill = 0; kill < kills; kill++) {
		await sleep(3000 + Math.random() * 3000);
		await n8n.kill();
		site.pauseDeliveries();
		await n8n.start();
		await sleep(1000);
		site.resumeDeliveries();
	}
}

/** n8n has done what it has begun, also what nobody waits for any more. */
async function settled(n8n: N8nInstance, workflowId: string) {
	const database = new N8nDatabase(n8n.userFolder);
	const state = () =>
		storedRuns(database, workflowId)
			.map(({ status }) => status)
			.join();
	for (let before = '', now = state(); before !== now; before = now, now = state()) {
		await sleep(6000);
	}
	return storedRuns(database, workflowId);
}

async function outcome(site: Simulator, n8n: N8nInstance, workflowId: string, load: Load) {
	const [webhook] = site.webhooks();
	const responses = Object.entries(
		Object.groupBy(site.deliveries, ({ statusCode }) => String(statusCode ?? 'none')),
	).map(([status, all]) => `${all!.length} x ${status}`);
	const { events, executions, unmarkedDuplicates } = tally(await settled(n8n, workflowId));
	return {
		responses: responses.join(', '),
		failuresInARow: longestFailure(site.deliveries),
		disabled: webhook!.active ? 'no' : 'yes',
		lost: load.events - events,
		twice: executions - events,
		unflagged: unmarkedDuplicates.length,
	};
}

async function publish(site: Simulator, n8n: N8nInstance, { work }: Load): Promise<string> {
	const client = new N8nClient(n8n.baseUrl);
	await client.setupOwner();
	const { url: siteUrl, longTermToken, signingSecret } = site;
	const data = { siteUrl, authentication: 'jwt', longTermToken, signingSecret };
	const credential = await client.createCredential('Site', 'cxoneExpertApi', data);
	const { id } = await client.createWorkflow(triggerWorkflow(credential, work));
	await client.activate(id);
	return id;
}

async function installVariant(userFolder: string, { instead }: Variant) {
	const name = await installPackage(tarball, userFolder);
	if (instead === undefined) return;
	const installed = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	const folder = join(installed, 'dist/nodes/CxoneExpert/trigger/delivery');
	const presumed = /if \(claim\.presumePersisted\(\)\)\s*response\.send\(200\);/;
	await replaceOnce(join(folder, 'respond.js'), presumed, instead.presumed);
	const atDeadline =
		/if \(!response\.isSent\)\s*claim\.toldToRetry\(\);\s*return tellToRetry\(n8n, response\);/;
	await replaceOnce(join(folder, 'respond.js'), atDeadline, instead.atDeadline);
	const before = /\(0, respond_1\.tellToRetry\)\(this, response\)/;
	await replaceOnce(join(folder, 'receive.js'), before, instead.before);
}

async function replaceOnce(file: string, old: RegExp, replacement: string): Promise<void> {
	const parts = (await readFile(file, 'utf8')).split(old);
	if (parts.length !== 2) throw new Error(`${old} is there ${parts.length - 1} times in ${file}`);
	await writeFile(file, parts.join(replacement));
}
