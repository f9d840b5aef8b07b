import { hasPostgres } from '../../support/n8n/postgres.mts';
import { isInstalled } from '../../support/programs.mts';
import { n8nVersion } from '../../support/n8n/runtime.mts';
import {
	type Cell,
	queueCosts,
	queueFigures,
	type QueueSubject,
	queueSubjects,
} from './queue-figures.mts';
import type { Load } from './load.mts';
import { profileOf, type Profiled } from './profile.mts';
import { behind, openInQueueMode, type Processes, type QueueStage } from './queue-stage.mts';
import { databaseCosts, redisMemory } from './queue-stores.mts';
import { compare, warmUp } from './rounds.mts';
import { settingNamed } from './settings.mts';
import type { Cost } from './sizing.mts';
import { type SizedCost, sizingTables } from './sizing-tables.mts';
import type { Subject } from './stage.mts';

export const queueTopics = ['rates', 'stores', 'profile'] as const;
export type QueueTopic = (typeof queueTopics)[number];

export interface QueueBenchOptions extends Processes {
	/** Length of one round. */
	seconds: number;
	rounds: number;
	/** Names of settings of n8n: the two expression engines, or others. */
	engines: string[];
	concurrency: number[];
	topics: QueueTopic[];
	/** Called for each piece of the result as soon as it is there. */
	tell: (table: string, rows: object[]) => void;
}

export const queueDefaults: Omit<QueueBenchOptions, 'tell'> = {
	seconds: 4,
	rounds: 3,
	engines: ['vm', 'legacy'],
	concurrency: [20, 50, 100],
	webhooks: [1, 2],
	// Each takes a core when it is busy, and there are two for everything.
	workers: 1,
	topics: [...queueTopics],
};

/** Concurrent deliveries when it is asked what they take of the database and of Redis. */
const STORES_CONCURRENCY = 10;

/** n8n in queue mode: rates, processor time by process, and what that holds on paper. */
export async function benchQueue(options: QueueBenchOptions): Promise<Record<string, unknown>> {
	await assertInstalled();
	const told: Record<string, object[]> = {};
	const tell = (table: string, rows: object[]) => {
		(told[table] ??= []).push(...rows);
		options.tell(table, rows);
	};
	const costs: SizedCost[] = [];
	for (const engine of options.engines) {
		costs.push(...(await benchEngine(engine, { ...options, tell })));
	}
	for (const [table, rows] of Object.entries(sizingTables(costs))) tell(table, rows);
	if (options.topics.includes('profile')) {
		for (const engine of options.engines) {
			tell('profile', withEngine(engine, await profileOf(profiled(engine), options.seconds)));
		}
	}
	const { seconds, rounds, workers } = options;
	const about = { n8n: n8nVersion, node: process.version, seconds, rounds, workers };
	return { date: new Date().toISOString(), ...about, ...told };
}

async function assertInstalled(): Promise<void> {
	if (isInstalled('redis-server') && isInstalled('nginx') && (await hasPostgres())) return;
	throw new Error('This needs redis-server, PostgreSQL and nginx on the machine.');
}

/** All that is asked with one expression engine, on the same processes. */
async function benchEngine(engine: string, options: QueueBenchOptions): Promise<SizedCost[]> {
	const { topics, seconds, tell } = options;
	if (!topics.includes('rates') && !topics.includes('stores')) return [];
	const queue = await openInQueueMode(settingNamed(engine).env, options);
	try {
		await warmUp(queue.stage, Object.values(await subjectsOf(queue)), 1);
		if (topics.includes('rates')) await tellRates(queue, engine, options);
		if (!topics.includes('stores')) return [];
		const load = { concurrency: STORES_CONCURRENCY, seconds };
		const subjects = await queue.stage.publishThose(queueSubjects);
		const stores = await databaseCosts(queue, subjects, load);
		tell('database', withEngine(engine, stores));
		const memory = await redisMemory(queue, subjects['Webhook node'], load);
		tell('redis', withEngine(engine, memory));
		return sizedCosts(engine, stores);
	} catch (error) {
		throw new Error(`n8n in queue mode with ${engine}\n${logEnds(queue)}`, { cause: error });
	} finally {
		await queue.stage.close();
	}
}

async function tellRates(
	queue: QueueStage,
	engine: string,
	{ concurrency, seconds, rounds, tell }: QueueBenchOptions,
): Promise<void> {
	for (const atATime of concurrency) {
		const cells = await compared(queue, { concurrency: atATime, seconds }, rounds);
		const withColumns = (rows: object[]) =>
			withEngine(
				engine,
				rows.map((row) => ({ concurrency: atATime, ...row })),
			);
		tell('rates', withColumns(queueFigures(cells)));
		tell('costs', withColumns(queueCosts(cells)));
	}
}

/** All cells take turns: each workflow behind each number of webhook processes. */
async function compared(queue: QueueStage, load: Load, rounds: number): Promise<Cell[]> {
	const done = await compare(queue.stage, await subjectsOf(queue), load, rounds);
	return Object.entries(done).map(([name, cellRounds]) => {
		const [webhooks, workflow] = name.split(SEPARATOR) as [string, QueueSubject];
		return { webhooks: Number(webhooks), workflow, rounds: cellRounds };
	});
}

const SEPARATOR = ' webhook processes: ';

/** New workflows, each at each proxy. */
async function subjectsOf({ stage, fronts }: QueueStage): Promise<Record<string, Subject>> {
	const published = await stage.publishThose(queueSubjects);
	const entries = [...fronts].flatMap(([count, url]) =>
		queueSubjects.map(
			(name) => [`${count}${SEPARATOR}${name}`, behind(url, published[name])] as const,
		),
	);
	return Object.fromEntries(entries);
}

/** One process of each kind, so that each workflow is in the profile of all. */
function profiled(engine: string) {
	return async (env: Record<string, string>): Promise<Profiled> => {
		const settings = { ...settingNamed(engine).env, ...env };
		const queue = await openInQueueMode(settings, { webhooks: [1], workers: 1 });
		const { webhook, worker } = queue.deployment.queue;
		const subjects = await queue.stage.publishThose(queueSubjects);
		return { stage: queue.stage, subjects, processes: { webhook, worker } };
	};
}

function sizedCosts(
	engine: string,
	stores: Awaited<ReturnType<typeof databaseCosts>>,
): SizedCost[] {
	return stores.map(({ workflow, remembered, deliveries, busy, ...cost }) => {
		const name = remembered === 0 ? workflow : `${workflow}, ${remembered} remembered`;
		return { engine, workflow: name, cost: cost as unknown as Cost };
	});
}

function withEngine(engine: string, rows: object[]): object[] {
	return rows.map((row) => ({ engine, ...row }));
}

function logEnds({ deployment: { scene, queue } }: QueueStage): string {
	return [scene.n8n, ...queue.webhooks, ...queue.workers]
		.map(({ log, logFile }) => `${logFile}:\n${log.trim().split('\n').slice(-10).join('\n')}`)
		.join('\n');
}
