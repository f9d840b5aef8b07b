import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PlannedResponse, startListener } from '../../support/simulator/index.mts';
import { cpuByPart, cpuSeconds, difference } from './cpu.mts';
import { burst } from './load.mts';
import { type Cell, queueCosts, queueFigures, type QueueSubject } from './queue-figures.mts';
import { behind } from './queue-stage.mts';
import type { Round } from './rounds.mts';
import { type Cost, held, limits, needed } from './sizing.mts';
import { sizingTables } from './sizing-tables.mts';

/** Ends when it has taken so much time of a processor. */
const burn = 'while (process.cpuUsage().user < 100_000);';
/** Lets another process do that, tells when it has, and stays. */
const burnElsewhere = `
require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}]);
process.send('done');
setInterval(() => {}, 1000);`;

describe('processor time', () => {
	it.skipIf(process.platform !== 'linux')(
		'the time of a process includes that of processes it has started and that have ended',
		async () => {
			const child = spawn(process.execPath, ['-e', burnElsewhere], { stdio: ['ipc'] });
			await once(child, 'message');
			expect(await cpuSeconds(child.pid!)).toBeGreaterThanOrEqual(0.1);
			child.kill();
			await once(child, 'exit');
		},
	);

	it('no time is told where one of the processes is gone', async () => {
		expect(await cpuByPart({ n8n: [2 ** 30] })).toBeUndefined();
	});

	it('time between two moments is told for each kind of process', () => {
		expect(difference({ main: 5, worker: 7 }, { main: 4, worker: 1 })).toEqual({
			main: 1,
			worker: 6,
		});
	});
});

describe('load in time', () => {
	afterEach(() => void vi.useRealTimers());

	it('responses after a second and 503 are failures in a row', async () => {
		const listener = await startListener();
		const late: PlannedResponse = (_received, response) => {
			setTimeout(() => response.writeHead(200, { 'Content-Length': 0 }).end(), 1100);
		};
		// The load ends with the third response, however long the first one took.
		vi.useFakeTimers({ toFake: ['performance'] });
		const last: PlannedResponse = (_received, response) => {
			vi.advanceTimersByTime(2_001);
			response.writeHead(200, { 'Content-Length': 0 }).end();
		};
		listener.responses.push(late, 503, last);
		try {
			const target = { url: listener.url, secret: 'whsec_bench', authorization: 'Bearer bench' };
			const round = await burst(target, { concurrency: 1, seconds: 2 });
			expect(round.busy).toBe(1);
			expect(round.inTime).toBeLessThan(round.accepted);
			expect(round.failuresInARow).toBeGreaterThanOrEqual(2);
			// Nothing was cut off.
			expect(round.accepted + round.busy).toBe(listener.received.length);
		} finally {
			await listener.close();
		}
	});
});

function round(accepted: number, more: Partial<Round> = {}): Round {
	const times = createHistogram();
	times.record(1000);
	const cpu = { webhook: 0.1, worker: 0.3 };
	const all = { busy: 0, other: 0, inTime: accepted, failuresInARow: 0, cpu, times };
	return { accepted, ...all, seconds: 1, untilDone: 2, runs: accepted, ...more };
}

const cell = (webhooks: number, workflow: QueueSubject, ...rounds: Round[]): Cell => ({
	webhooks,
	workflow,
	rounds,
});

describe('figures of queue mode', () => {
	const late = { inTime: 30, busy: 20, failuresInARow: 7 };
	const cells = [
		cell(1, 'Webhook node', round(100), round(10)),
		cell(1, 'saved', round(80, late), round(8, { inTime: 8, failuresInARow: 2 })),
		cell(2, 'Webhook node', round(150), round(15)),
		cell(2, 'saved', round(160), round(16)),
	];

	it('a cell is compared with the Webhook node and with fewer processes, round by round', () => {
		const [, one, , two] = queueFigures(cells);
		expect(one).toMatchObject({ againstWebhookNode: 0.8, growth: 1 });
		expect(two).toMatchObject({ againstWebhookNode: 1.07, growth: 2, failuresInARow: 0 });
	});

	it('what is in time is a share of all responses, and the longest series of failures counts', () => {
		expect(queueFigures(cells)[1]).toMatchObject({
			inTimeShare: 0.352,
			busyShare: 0.185,
			failuresInARow: 7,
		});
	});

	it('the processor time of a delivery is told by kind of process', () => {
		expect(queueCosts(cells)[0]).toEqual({
			webhooks: 1,
			workflow: 'Webhook node',
			webhook: 1.82,
			worker: 5.45,
			all: 7.27,
		});
	});

	it('a workflow has the same path behind each proxy', () => {
		const subject = { id: '1', url: 'http://a:1/webhook/x/webhook', secret: '', authorization: '' };
		expect(behind('http://b:2', subject).url).toBe('http://b:2/webhook/x/webhook');
	});
});

describe('sizing', () => {
	const cost: Cost = {
		...{ webhook: 7, worker: 14, nginx: 0.5, main: 0.5, postgres: 5, redis: 1 },
		connectionMs: 20,
		logKb: 30,
	};

	it('each part holds seven tenths of what it could do', () => {
		const deployment = { cores: 4, webhooks: 2, workers: 1, poolSize: 2 };
		expect(limits(cost, deployment)).toEqual({
			cores: 100,
			'webhook processes': 200,
			workers: 50,
			connections: expect.closeTo(210) as number,
		});
		expect(held(cost, deployment)).toEqual({ perSecond: 50, limit: 'workers' });
	});

	it.each([
		[1, { cores: 1, webhooks: 1, workers: 1, poolSize: 1 }],
		[100, { cores: 4, webhooks: 1, workers: 2, poolSize: 1 }],
		[1000, { cores: 40, webhooks: 10, workers: 20, poolSize: 1 }],
	])('%d deliveries a second need so much', (perSecond, expected) => {
		expect(needed(cost, perSecond)).toEqual(expected);
	});

	it('what is needed holds what it is needed for', () => {
		for (const perSecond of [1, 10, 16.7, 100, 166.7, 1000]) {
			const { perSecond: holds } = held(cost, needed(cost, perSecond));
			expect(holds).toBeGreaterThanOrEqual(Math.floor(perSecond));
		}
	});

	it('the tables tell how many deliveries each number of cores holds', () => {
		const tables = sizingTables([{ engine: 'legacy', workflow: 'saved', cost }]);
		expect(Object.values(tables).map((rows) => rows.length)).toEqual([3, 3, 2]);
		expect(Object.values(tables)[0]).toMatchObject([
			{ cores: 2, perSecond: 50, perMinute: 3000 },
			{ cores: 4, perSecond: 100 },
			{ cores: 8, perSecond: 200 },
		]);
		expect(Object.values(tables)[2]).toMatchObject([
			{ perMinute: 1000, cores: 1, logMbPerSecond: 0.5 },
			{ perMinute: 10000, cores: 7, logMbPerSecond: 5 },
		]);
	});
});
