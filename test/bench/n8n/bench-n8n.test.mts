import { createHistogram } from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { longestFailure } from '../failures.mts';
import { figuresOf } from './figures.mts';
import { floodsOf } from './in-time.mts';
import { burst } from './load.mts';
import { costs } from './profile.mts';
import type { Round } from './rounds.mts';
import {
	type DeliveryAttempt,
	signDelivery,
	startListener,
} from '../../support/simulator/index.mts';

const secret = 'whsec_bench';
const authorization = 'Bearer bench';

describe('load', () => {
	afterEach(() => void vi.useRealTimers());

	it('the load makes each delivery a new one, with its own signature', async () => {
		const listener = await startListener();
		// However long a response takes, the load ends after ten of them.
		vi.useFakeTimers({ toFake: ['performance'] });
		listener.responses.push(...Array<number>(9).fill(200), (_received, response) => {
			vi.advanceTimersByTime(1_001);
			response.writeHead(200, { 'Content-Length': 0 }).end();
		});
		try {
			const target = { url: `${listener.url}/webhook/x`, secret, authorization };
			const { accepted, busy, other, times } = await burst(target, { concurrency: 3, seconds: 1 });
			const { received } = listener;
			expect(accepted).toBeGreaterThan(3);
			expect([busy, other, received.length]).toEqual([0, 0, accepted]);
			expect(times.count).toBe(accepted);
			const ids = received.map(({ headers }) => headers['x-nexus-delivery-id']);
			const events = received.map(({ body }) => /<event id="([^"]+)"/.exec(String(body))?.[1]);
			expect(new Set(ids).size).toBe(received.length);
			expect(new Set(events).size).toBe(received.length);
			for (const { headers, body } of received) {
				const timestamp = String(headers['x-nexus-timestamp']);
				const signature = signDelivery({ secret, timestamp, body });
				expect(headers['x-nexus-signature-256']).toBe(signature);
				expect(headers.authorization).toBe(authorization);
			}
		} finally {
			await listener.close();
		}
	});
});

describe('figures', () => {
	const round = (accepted: number, more: Partial<Round> = {}): Round => {
		const times = createHistogram();
		for (let ms = 1; ms <= 100; ms++) times.record(ms * 1000);
		const none = { busy: 0, other: 0, inTime: accepted, failuresInARow: 0, cpu: { n8n: 1 } };
		return { accepted, ...none, seconds: 2, untilDone: 4, runs: accepted, times, ...more };
	};

	it('figures compare each round with its neighbour', () => {
		const figures = figuresOf({
			'Webhook node': [round(100), round(10)],
			'by hand': [round(50), round(5)],
			saved: [round(80, { busy: 20 }), round(9)],
			'saved, no page details': [round(90), round(9)],
			'several when busy': [round(250), round(25)],
			'several when busy, no page details': [round(300), round(30)],
			immediately: [round(200), round(20)],
		});
		// The second round ran on a machine that was ten times slower; the ratios are the same.
		expect(figures.saved).toMatchObject({
			responsesPerSecond: 22.3,
			againstWebhookNode: 0.85,
			againstByHand: 1.7,
			busyShare: 0.183,
			runsPerSecond: 11.1,
			cpuMsPerRun: 22.5,
		});
		expect(figures.immediately.againstWebhookNode).toBe(2);
		expect(figures.saved.p50).toBeCloseTo(50, 0);
		expect(figures.saved.p95).toBeCloseTo(95, 0);
	});

	it('figures omit the CPU time where the system does not report it', () => {
		const [plain, blind] = [[round(1)], [round(1, { cpu: undefined })]];
		const rounds = {
			'Webhook node': plain,
			'by hand': plain,
			saved: blind,
			'saved, no page details': plain,
			'several when busy': plain,
			'several when busy, no page details': plain,
			immediately: plain,
		};
		expect(figuresOf(rounds).saved.cpuMsPerRun).toBeUndefined();
	});
});

describe('floods', () => {
	it('floods are read from their sizes', () => {
		expect(floodsOf('25x25,1000x100')).toEqual([
			{ events: 25, concurrency: 25 },
			{ events: 1000, concurrency: 100 },
		]);
		expect(() => floodsOf('25')).toThrow('"25" is no size of a flood');
	});
});

describe('profile', () => {
	const frame = (id: number, url: string, functionName: string, children: number[] = []) => ({
		id,
		callFrame: { functionName, url },
		children,
	});
	const modules = 'file:///n8n/node_modules';

	it('the profile counts time by its cause, within the span only', () => {
		const nodes = [
			frame(1, '', '(root)', [2, 5, 6]),
			frame(2, `${modules}/n8n/dist/webhooks/live-webhooks.js`, 'run', [3, 4]),
			frame(3, `${modules}/n8n-nodes-cxone-expert/dist/nodes/x.js`, 'webhook', [7]),
			frame(4, `${modules}/@n8n/typeorm/query.js`, 'toString'),
			frame(5, '', '(idle)'),
			frame(6, '', '(garbage collector)'),
			frame(7, 'node:internal/crypto/hash', 'update'),
		];
		const samples = [2, 3, 7, 4, 5, 6, 4];
		const recorded = { nodes, samples, startTime: 0, timeDeltas: samples.map(() => 1000) };
		const spans = new Map([['early', { from: 0, to: 6000, runs: 2 }]]);
		expect(costs(recorded, spans).get('early')).toEqual({
			runs: 2,
			all: 2.5,
			n8n: 0.5,
			'this package': 1,
			database: 0.5,
			'garbage collection': 0.5,
		});
	});
});

describe('consecutive failures', () => {
	it('a success ends a series of failures', () => {
		const reasons = ['x', 'x', '', 'x', 'x', 'x', '', 'x'];
		const attempts = reasons.map((failureReason) => ({ failureReason }) as DeliveryAttempt);
		expect(longestFailure(attempts)).toBe(3);
	});
});
