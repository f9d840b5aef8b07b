import { median } from 'simple-statistics';
import { asDeployed, QueueDeployment } from '../support/e2e/queue-deployment.mts';
import type { PostgresServer } from '../support/n8n/postgres.mts';
import { childrenOf } from '../support/programs.mts';
import { inTurn, spread } from './in-turn.mts';
import { cpuMs, load, type Subject, untilIdle } from './load.mts';
import type { Section, Size } from './results.mts';
import { type Engine, ENGINES, type Name, publish } from './subjects.mts';

const NAMES: Name[] = ['Webhook node', 'by hand', 'One', 'Several in a Burst'];
const CONCURRENCY = 10;

/** What has been taken so far: of a processor in ms, of PostgreSQL's connections in ms, of its log in kB. */
type Taken = Record<'webhook' | 'worker' | 'PostgreSQL' | 'all' | 'connection' | 'log', number>;

interface Group {
	name: Engine;
	measured: Array<[Subject, Array<Taken & { perSecond: number }>]>;
}

/** What a delivery costs each part of a deployment in queue mode. */
export async function benchQueue(packageTarball: string, size: Size): Promise<Section> {
	const groups: Group[] = [];
	for (const name of ENGINES) {
		const env = { ...asDeployed.env, N8N_EXPRESSION_ENGINE: name };
		const parts = { webhooks: 2, workers: 1, scene: { packageTarball } };
		const deployment = await QueueDeployment.open({ ...asDeployed, env, ...parts });
		try {
			groups.push({ name, measured: await measure(deployment, name, size) });
		} finally {
			await deployment.close();
		}
	}
	return { ...TEXT, rows: groups.flatMap(rowsOf), chart: chartOf(groups) };
}

const TEXT = {
	heading: 'n8n in queue mode',
	text: `The deployment of [examples/deploy](../../examples/deploy/README.md#n8n-in-queue-mode) with two webhook processes and one worker, ${CONCURRENCY} deliveries at the same time. What one costs, in ms of a processor; *all* has n8n's main process, Redis and nginx in it, too. *connection*: ms in which a connection to PostgreSQL worked or waited; *log*: kB that PostgreSQL writes ahead; *a second*: responses.`,
};

async function measure(
	deployment: QueueDeployment,
	engine: Engine,
	{ rounds, seconds }: Size,
): Promise<Group['measured']> {
	const subjects = await publish(deployment.scene, engine, NAMES);
	const measured = await inTurn(subjects, rounds, async (subject) => {
		const before = await taken(deployment);
		const responses = await load(subject, { concurrency: CONCURRENCY, seconds });
		await untilIdle(subject);
		const after = await taken(deployment);
		const accepted = responses.filter(({ status }) => status === 200).length;
		const each = Object.entries(after).map(([part, value]) => {
			return [part, (value - before[part as keyof Taken]) / accepted];
		});
		const perSecond = accepted / responses.at(-1)!.at;
		return { ...(Object.fromEntries(each) as Taken), perSecond };
	});
	return [...measured];
}

async function taken({ queue }: QueueDeployment): Promise<Taken> {
	const { postgres, webhooks, workers } = queue;
	const ofEach = async (pids: number[]) => (await Promise.all(pids.map(cpuMs))).reduce((sum, each) => sum + each, 0);
	const pids = (of: typeof webhooks) => of.map(({ pid }) => pid!);
	// It is not a child of this process, unlike all others.
	const ofPostgres = await cpuMs(await postgres.firstProcess());
	return {
		webhook: await ofEach(pids(webhooks)),
		worker: await ofEach(pids(workers)),
		PostgreSQL: ofPostgres,
		all: ofPostgres + (await ofEach(await childrenOf(process.pid))),
		...ofDatabase(postgres),
	};
}

function ofDatabase(postgres: PostgresServer) {
	const sql = `SELECT active_time + idle_in_transaction_time AS connection,
		pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') / 1000 AS log
		FROM pg_stat_database WHERE datname = 'postgres'`;
	return postgres.rows<Pick<Taken, 'connection' | 'log'>>(sql)[0]!;
}

function rowsOf({ name, measured }: Group) {
	return measured.map(([subject, rounds]) => {
		const middle = (of: keyof (typeof rounds)[number]) => median(rounds.map((each) => each[of]));
		return {
			...{ engine: name, workflow: subject.name },
			...{ webhook: middle('webhook'), worker: middle('worker') },
			...{ PostgreSQL: middle('PostgreSQL'), all: middle('all') },
			...{ connection: middle('connection'), 'log, kB': middle('log') },
			'a second': middle('perSecond'),
		};
	});
}

function chartOf(groups: Group[]): Section['chart'] {
	return {
		title: 'Milliseconds of a processor for each delivery, of all parts together',
		groups: groups.map(({ name, measured }) => ({
			name,
			bars: measured.map(([{ name: label }, rounds]) => {
				return { label, ...spread(rounds.map(({ all }) => all)) };
			}),
		})),
	};
}
