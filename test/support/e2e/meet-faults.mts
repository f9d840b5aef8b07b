import { expect } from 'vitest';
import { type DatabaseFault, lateCommitFailure } from './database-faults.mts';
import { PRESUMPTION_MS } from '../../../nodes/CxoneExpert/trigger/delivery/save.ts';
import { acknowledged, RepeatedDelivery, type Strike, type Try } from './repeated-delivery.mts';
import type { Scene } from './scene.mts';
import type { FaultyDatabase } from './sql-faults.mts';

/** n8n's settings. */
export const env = {
	// An execution that could not begin keeps n8n from stopping for as long.
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '2',
	// What is tested is the database: the quick engine leaves more time for it.
	N8N_EXPRESSION_ENGINE: 'legacy',
};

interface Course {
	name: string;
	end: 'stop' | 'kill';
	times: number;
	repeatsAfterStart: boolean;
}

/** What else happens to a delivery: how often it meets the fault, and how n8n ends. */
const courses: Course[] = [
	{ name: 'met once, then a stop', end: 'stop', times: 1, repeatsAfterStart: false },
	{ name: 'met twice, then a kill', end: 'kill', times: 2, repeatsAfterStart: false },
	{ name: 'met once, a kill before the retry', end: 'kill', times: 1, repeatsAfterStart: true },
];

/** A delivery for each fault and course. */
export interface Met<Database> {
	fault: DatabaseFault<Database>;
	course: Course;
	delivery: RepeatedDelivery;
}

/** Has n8n meet all faults, by itself and with a start behind each; n8n starts once for each way to end. */
export async function meetAll<Database>(
	scene: Scene,
	database: Database,
	faults: Array<DatabaseFault<Database>>,
	ends: Array<'stop' | 'kill'> = ['stop', 'kill'],
): Promise<Array<Met<Database>>> {
	const workflow = await scene.published({ events: ['page_create'] });
	const chosen = courses.filter(({ end }) => ends.includes(end));
	const all = chosen.flatMap((course) =>
		faults.map((fault) => ({ fault, course, delivery: new RepeatedDelivery(scene, workflow) })),
	);
	for (const end of ends) {
		const now = all.filter(({ course }) => course.end === end);
		for (const { fault, course, delivery } of now) {
			for (let time = 0; time < course.times && delivery.isOpen; time++) {
				await scene.n8n.waitReady();
				await delivery.attempt(async (send) => await fault.strike(database, send));
			}
			if (!course.repeatsAfterStart) await delivery.repeat();
		}
		await scene.n8n.restart({ kill: end === 'kill' });
		await workflow.routed();
		for (const { delivery } of now) await delivery.repeat();
	}
	await workflow.settled();
	await scene.client.deactivate(workflow.id);
	return all;
}

export function namesOf(faults: Array<{ name: string }>): string[] {
	return faults.map(({ name }) => name);
}

/** Violations of the promise, each readable from its line alone. */
function violations(met: Array<Met<unknown>>): string[] {
	return met.flatMap(({ course, delivery }) =>
		delivery.violations().map((violation) => `${course.name}: ${violation}`),
	);
}

/** Nothing was lost, and nothing ran twice unmarked, whatever the course. */
export function expectKept(all: Array<Met<unknown>>, name: string) {
	const met = all.filter(({ fault }) => fault.name === name);
	expect(violations(met)).toEqual([]);
	for (const { fault, delivery } of met) {
		const [first] = delivery.tries as [Try];
		// What n8n has begun to save counts as saved after a while: violations() holds that against the facts.
		if (fault.isFatal && first.responseMs < PRESUMPTION_MS) expect(first.status).not.toBe(200);
	}
}

/** Not knowable before the response: the log reports it, and the retry runs. */
export async function expectToldOfLateFailure(scene: Scene, database: FaultyDatabase) {
	const workflow = await scene.published({ events: ['page_create'] });
	const strike: Strike = async (send) => await lateCommitFailure.strike(database, send);
	const { delivery, logged } = await acknowledged(scene, workflow, strike);
	expect(delivery.tries).toMatchObject([{ stored: 0 }]);
	const says = new RegExp(`delivery ${delivery.deliveryId}: n8n may not have saved it`);
	await scene.n8n.waitForLog(says, logged);
	await delivery.attempt();
	// A busy n8n may tell it to retry once more.
	await delivery.repeat();
	await workflow.settled();
	expect(delivery.tries.at(-1)).toMatchObject({ status: 200, stored: 1 });
	expect(delivery.runs()).toMatchObject([{ status: 'success', items: [{ redelivered: true }] }]);
	await scene.client.deactivate(workflow.id);
}
