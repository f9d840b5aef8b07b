import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock, hasFakeClock } from '../../support/n8n/fake-clock.mts';
import { lacks } from '../../support/programs.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { RepeatedDelivery } from '../../support/e2e/repeated-delivery.mts';
import { Scene } from '../../support/e2e/scene.mts';

/** A little more: what was signed exactly an hour ago is accepted. */
const HOUR = 3660;
const YEAR = 365 * 24 * 3600;
const jumps: Array<[name: string, seconds: number]> = [
	['an hour ahead', HOUR],
	['an hour back', -HOUR],
	['a year ahead', YEAR],
	['a year back', -YEAR],
];
const signatures = [
	{ verifySignature: true, how: 'with signatures verified' },
	{ verifySignature: false, how: 'without verifying signatures' },
];
const cases = jumps.flatMap(([jump, seconds]) =>
	signatures.map(({ verifySignature, how }) => [jump, how, seconds, verifySignature] as const),
);
/** As few as can be set. */
const REMEMBERED = 100;

describe.skipIf(lacks({ faketime: hasFakeClock() }))('clocks that jump around a real n8n', () => {
	let clock: FakeClock;
	let scene: Scene;
	let byOption: Map<boolean, PublishedTrigger>;

	beforeAll(async () => {
		clock = await FakeClock.create();
		scene = await Scene.open(
			{},
			{
				...clock.env,
				N8N_EXPRESSION_ENGINE: 'legacy',
				// By a clock that is a year ahead all executions are old.
				EXECUTIONS_DATA_PRUNE: 'false',
			},
		);
		byOption = new Map();
		for (const { verifySignature } of signatures) {
			byOption.set(verifySignature, await published(verifySignature));
		}
	});
	afterAll(async () => {
		await scene?.close();
		await clock?.remove();
	});

	async function published(verifySignature: boolean, options = {}) {
		return await scene.published({
			events: ['page_create'],
			additionalOptions: { verifySignature, ...options },
		});
	}

	/** A new delivery that has its final response. */
	async function delivered(workflow: PublishedTrigger, clockAhead = 0) {
		const delivery = new RepeatedDelivery(scene, workflow);
		delivery.clockAhead = clockAhead;
		await again(delivery);
		return delivery;
	}

	/** As Expert does it when the response got lost on the way. */
	async function again(delivery: RepeatedDelivery) {
		await delivery.attempt();
		await delivery.repeat();
	}

	function expectRunOnce(...deliveries: RepeatedDelivery[]) {
		for (const delivery of deliveries) {
			expect(delivery.status).toBe(200);
			expect(delivery.runs()).toHaveLength(1);
		}
	}

	it.each(cases)(
		'deliveries run once each while the clock of n8n jumps %s and is put right, %s',
		async (_jump, _how, seconds, verifySignature) => {
			const workflow = byOption.get(verifySignature)!;
			const before = await delivered(workflow);
			await clock.set(seconds);
			await again(before);
			const meanwhile = await delivered(workflow);
			expectRunOnce(before, meanwhile);
			await clock.set(0);
			const after = await delivered(workflow);
			for (const delivery of [before, meanwhile, after]) await again(delivery);
			expectRunOnce(before, meanwhile, after);
		},
	);

	it.each(jumps)(
		'deliveries run once each while the clock of the site jumps %s and is put right',
		async (_jump, seconds) => {
			const workflow = byOption.get(true)!;
			const before = await delivered(workflow);
			before.clockAhead = seconds;
			await again(before);
			expectRunOnce(before);
			const meanwhile = await delivered(workflow, before.clockAhead);
			expect(meanwhile.status).toBe(401);
			expect(meanwhile.runs()).toEqual([]);
			before.clockAhead = 0;
			await again(before);
			const after = await delivered(workflow);
			await again(after);
			expectRunOnce(before, after);
		},
	);

	it('deliveries from a year ahead do not evict those that came before', async () => {
		const workflow = await published(false, { rememberAtMost: REMEMBERED });
		const before = await delivered(workflow);
		await clock.set(YEAR);
		for (let number = 0; number < REMEMBERED; number += 10) {
			await Promise.all(Array.from({ length: 10 }, async () => await delivered(workflow)));
		}
		await clock.set(0);
		// What is newer is kept, whatever the limit says.
		await sleep(12_000);
		const after = await delivered(workflow);
		await again(before);
		await again(after);
		expectRunOnce(before, after);
	});

	it.each(jumps.slice(2))(
		'no delivery runs twice unmarked when n8n starts with its clock %s that is then put right',
		async (_jump, seconds) => {
			const workflows = [...byOption.values()];
			const before = await Promise.all(
				workflows.map(async (workflow) => await delivered(workflow)),
			);
			await clock.set(seconds);
			await scene.n8n.restart();
			for (const workflow of workflows) await workflow.routed();
			for (const delivery of before) await again(delivery);
			await clock.set(0);
			for (const delivery of before) await again(delivery);
			const after = await Promise.all(workflows.map(async (workflow) => await delivered(workflow)));
			for (const workflow of workflows) await workflow.settled();
			for (const delivery of before) expect(delivery.violations()).toEqual([]);
			expectRunOnce(...after);
		},
	);
});
