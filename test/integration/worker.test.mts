import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { IDataObject, WorkflowExecuteMode } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROW_TTL_MS } from '../../nodes/CxoneExpert/trigger/execution/once.ts';
import type { ProcessedItems } from '../support/processed-items.mts';
import { log } from '../support/integration/log.mts';
import { instanceSettings, processedItems } from '../support/integration/n8n.mts';
import { type Host, itemsPassedOn } from '../support/integration/host.mts';
import { forgetModules, loadPackage, type PackageUnderTest } from '../support/integration/package-under-test.mts';
import { credentialFor, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';

useScenes();
beforeEach(() => {
	instanceSettings.instanceType = 'worker';
});
afterEach(() => {
	instanceSettings.instanceType = 'main';
});

/*
 * A worker of queue mode runs what other processes have started: it has published nothing, takes no
 * delivery, and its static data is empty.
 */

const occurredAt = '2026-01-30T16:59:45Z';
const at = (seconds: number) => new Date(Date.parse(occurredAt) + seconds * 1_000).toISOString();
/** Edits of one page are minutes apart: within a second they count as one. */
const edited = (revision: number, page = '371'): IDataObject => ({
	...{ deliveryId: randomUUID(), eventId: randomUUID(), eventType: 'pagecontent_update' },
	...{ occurredAt: at((revision - 4) * 60), receivedAt: new Date().toISOString() },
	page: { id: page, revision },
});
const publicationOf = (revision: number): IDataObject => ({
	...edited(revision),
	eventType: 'draft_publish',
});
const recovered = (revision: number, page = '371'): IDataObject => ({
	...edited(revision, page),
	...{ deliveryId: `recovered:e:${page}:${revision}`, receivedAt: occurredAt },
	...{ eventId: `recovered:e:${page}:${revision}`, recovered: true },
});

const WITHOUT_RECOVERY = { additionalOptions: { recoverMissedChanges: false } };

/** IDs of so many pages. */
const pages = (count: number) => Array.from({ length: count }, (_, index) => `${1_000 + index}`);
const chunk = <T,>(all: T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
/** The package as two processes have it in memory. */
async function twoWorkers({ loaded }: Host): Promise<PackageUnderTest[]> {
	forgetModules();
	return [loaded, await loadPackage()];
}
/** The name of a row for changes of one page. */
const CHANGE: unknown = expect.stringMatching(/ n:[^:]+:change:/);
const changeRows = ({ rows }: ProcessedItems) => [...rows.keys()].filter((key) => key.includes(':change:'));

/** What the trigger's own step passes on in a worker. */
async function pass(
	scene: Scene,
	item: IDataObject,
	mode: WorkflowExecuteMode = item.recovered === true ? 'trigger' : 'webhook',
): Promise<number> {
	return (await itemsPassedOn(scene.host, [{ json: item }], mode)).length;
}

async function worker(parameters: IDataObject = {}): Promise<Scene> {
	return await openScene({ parameters: { events: ['pagecontent_update'], ...parameters } });
}

describe('the step of the trigger in a worker of queue mode', () => {
	it('a change that was delivered is not recovered as well', async () => {
		const scene = await worker();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(await pass(scene, recovered(4))).toBe(0);
		const { highlighted } = scene.host;
		expect(highlighted.at(-1)).toMatchObject({ leftOut: 'Ran Before', recovered: 'true' });
		expect(await pass(scene, recovered(5))).toBe(1);
	});

	it('a change that was recovered is not delivered as well', async () => {
		const scene = await worker();
		expect(await pass(scene, recovered(4))).toBe(1);
		expect(await pass(scene, edited(4))).toBe(0);
		expect(await pass(scene, recovered(4))).toBe(0);
	});

	it('a change of one site passes although another site has recovered one like it', async () => {
		const scene = await worker();
		expect(await pass(scene, recovered(4))).toBe(1);
		const elsewhere = { ...credentialFor(scene.site), siteUrl: 'https://another.example.com' };
		scene.host.credential = () => elsewhere;
		expect(await pass(scene, edited(4))).toBe(1);
	});

	it('a change passes, and the log says so, when the credential that names its site cannot be read', async () => {
		const scene = await worker();
		expect(await pass(scene, recovered(4))).toBe(1);
		scene.host.credential = () => {
			throw new Error('no such credential');
		};
		expect(await pass(scene, edited(4))).toBe(1);
		expect(log.of('warn').join()).toContain('whether a change has come before');
	});

	it('two genuine deliveries of one change both pass', async () => {
		const scene = await worker();
		expect(await pass(scene, edited(4))).toBe(1);
		expect(await pass(scene, edited(4))).toBe(1);
	});

	it('an unsimplified event is recognised, too', async () => {
		const scene = await worker({ simplify: false });
		const event = { '@datetime': occurredAt, page: { '@id': '371' }, revision: '4' };
		expect(await pass(scene, recovered(4))).toBe(1);
		expect(await pass(scene, { eventType: 'pagecontent_update', occurredAt, event })).toBe(0);
	});

	it('a recovered change that Page Tags leaves out is not recovered again, and passes as delivered once it has the tag', async () => {
		const scene = await worker({ filters: { pageTags: ['wanted'] } });
		const { site } = scene.site;
		const { pageId } = site.createPage('Page');
		const missed = recovered(4, `${pageId}`);
		expect(await pass(scene, missed)).toBe(0);
		site.tagPage('Page', { add: ['wanted'] });
		expect(await pass(scene, missed)).toBe(0);
		expect(await pass(scene, edited(4, `${pageId}`))).toBe(1);
	});

	it('two workers lose nothing of each other: what either of them has run is not recovered as well', async () => {
		const { host } = await worker({ pageDetails: false });
		const workers = await twoWorkers(host);
		const edits = pages(100).map((id) => ({ json: edited(4, id) }));
		for (const batches of chunk(chunk(edits, 5), 2)) {
			const runs = batches.map(async (batch, index) => {
				host.loaded = workers[index]!;
				await itemsPassedOn(host, batch, 'webhook');
			});
			await Promise.all(runs);
		}
		expect(host.outputs.flat()).toHaveLength(100);
		const missed = edits.map(({ json }) => ({ json: { ...recovered(4), page: json.page! } }));
		expect(await itemsPassedOn(host, missed, 'trigger')).toEqual([]);
	});

	it('a recovered change passes although the statement that has recorded it seemed to fail', async () => {
		const store = processedItems();
		const scene = await worker({ pageDetails: false });
		let writes = 0;
		store.respond = async ({ row, kind }) => {
			if (row === 'of a page' && kind === 'write' && ++writes === 1) throw new Error('reset');
		};
		expect(await pass(scene, recovered(4))).toBe(1);
		expect(await pass(scene, recovered(4))).toBe(0);
	});

	it('a known change is left out although taking back its marks hangs', async () => {
		const store = processedItems();
		const scene = await worker({ pageDetails: false });
		expect(await pass(scene, edited(4))).toBe(1);
		let writes = 0;
		store.access = async ({ row, kind }) => {
			// A recovered edit writes to the rows of five seconds.
			if (row === 'of a page' && kind === 'write' && ++writes > 5) await new Promise(() => {});
		};
		stopTime();
		expect(await passUntil(pass(scene, recovered(4)))).toBe(0);
		expect(log.of('warn')).toEqual([]);
	});

	it('a page has a row for its creation, and at most eight for its edits', async () => {
		const store = processedItems();
		const { host } = await worker({ events: ['page_create', 'pagecontent_update'] });
		const seconds = Array.from({ length: 100 }, (_, index) => ({
			json: { ...edited(index), occurredAt: at(index) },
		}));
		await itemsPassedOn(host, seconds, 'webhook');
		await itemsPassedOn(host, [{ json: { ...edited(1), eventType: 'page_create' } }], 'webhook');
		expect(changeRows(store)).toHaveLength(1 + 8);
	});

	it('a recovered change passes again in its own execution, marked, after its worker was lost', async () => {
		const scene = await worker();
		const items = [{ json: recovered(4) }];
		expect(await itemsPassedOn(scene.host, items, 'trigger', '7')).toEqual([recovered(4)]);
		expect(await itemsPassedOn(scene.host, items, 'trigger', '7')).toMatchObject([
			{ recovered: true, redelivered: true },
		]);
		expect(await itemsPassedOn(scene.host, items, 'trigger', '8')).toEqual([]);
	});

	it.each([true, false])(
		'both events of a publication pass once, whichever comes first (Recover Changes: %s)',
		async (recoverMissedChanges) => {
			for (const pair of [
				[edited(4), publicationOf(4)],
				[publicationOf(4), edited(4)],
			]) {
				processedItems();
				const scene = await worker({ additionalOptions: { recoverMissedChanges } });
				const passed = [await pass(scene, pair[0]!), await pass(scene, pair[1]!)];
				expect(passed).toEqual([1, 0]);
			}
		},
	);

	it('an edit that is recovered passes where the page was published three seconds before, and not two', async () => {
		const scene = await worker();
		expect(await pass(scene, { ...publicationOf(4), occurredAt: at(0) })).toBe(1);
		expect(await pass(scene, { ...recovered(5), occurredAt: at(3) })).toBe(1);
		expect(await pass(scene, { ...recovered(4), occurredAt: at(2) })).toBe(0);
	});

	it('of a delivery and a recovery of one change in one execution the first passes', async () => {
		const { host } = await worker();
		const [first, second] = [edited(4), recovered(4)].map((json) => ({ json }));
		expect(await itemsPassedOn(host, [first!, second!], 'webhook')).toEqual([first!.json]);
	});

	it('an execution waits five seconds for the store, and one that hangs holds up none after it', async () => {
		instanceSettings.instanceType = 'main';
		const store = processedItems();
		const scene = await worker({ pageDetails: false });
		stopTime();
		store.access = async () => await new Promise(() => {});
		const began = performance.now();
		expect(await passUntil(pass(scene, edited(4)))).toBe(1);
		expect(performance.now() - began).toBe(5_000);
		store.access = async () => {};
		expect(await passUntil(pass(scene, edited(5)))).toBe(1);
		expect(log.of('warn')).toHaveLength(1);
	});

	it.each<[process: string, instanceType: string, mode: WorkflowExecuteMode, rows: unknown[]]>([
		['a main process asks about changes, and not about copies', 'main', 'webhook', [CHANGE]],
		['a webhook process asks about changes, and not about copies', 'webhook', 'webhook', [CHANGE]],
		['a test asks nothing', 'worker', 'manual', []],
	])('%s', async (_process, instanceType, mode, rows) => {
		instanceSettings.instanceType = instanceType;
		const store = processedItems();
		const scene = await worker();
		expect(await pass(scene, edited(4), mode)).toBe(1);
		expect([...store.rows.keys()]).toEqual(rows);
	});

	it('where n8n does not name the process, one that watches the webhook asks nothing about copies, and another one does', async () => {
		delete instanceSettings.instanceType;
		const store = processedItems();
		const scene = await worker();
		await scene.host.production.publish();
		const now = { occurredAt: new Date().toISOString() };
		expect(await pass(scene, { ...edited(4), ...now })).toBe(1);
		expect(store.rows.size).toBe(1);
		await scene.host.production.unpublish();
		// What was delivered before would say that it takes deliveries.
		const { clearMemory } = await import('../../nodes/CxoneExpert/memory.ts');
		clearMemory();
		expect(await pass(scene, { ...edited(5), ...now })).toBe(1);
		// Of the event, and of the second of its page.
		expect(store.rows.size).toBe(1 + 2);
	});

	it('a copy is left out, and passes when a person has its execution run again', async () => {
		const scene = await worker();
		const item = edited(4);
		expect(await pass(scene, item)).toBe(1);
		expect(await pass(scene, item)).toBe(0);
		const { deliveryId } = item;
		expect(scene.host.highlighted.at(-1)).toMatchObject({ deliveryId, leftOut: 'Ran Before' });
		expect(scene.host.hints).toHaveLength(1);
		expect(await pass(scene, item, 'retry')).toBe(1);
		expect(scene.host.highlighted.at(-1)).not.toHaveProperty('leftOut');
	});

	it('a worker does not write static data: it would put its empty ones over all', async () => {
		const scene = await worker();
		await pass(scene, recovered(4));
		expect(scene.host.row.saves).toBe(0);
	});
});

/** How one statement of the database goes: ms until it takes effect, and until that is known. */
interface Course {
	before: number;
	after: number;
	fault?: 'before' | 'after' | undefined;
}

async function statement(ms: number, fault: boolean): Promise<void> {
	await new Promise((resolve) => void setTimeout(resolve, ms));
	if (fault) throw new Error('database is down');
}

/** Executions in as many workers, under each course of the statements. */
async function race<T>(store: ProcessedItems, runs: Array<() => Promise<T[]>>, courses: Course[]): Promise<T[]> {
	const left = [...courses];
	const current = new Map<object, Course>();
	store.access = async (each) => {
		const course = left.shift() ?? { before: 1, after: 1 };
		current.set(each, course);
		await statement(course.before, course.fault === 'before');
	};
	store.respond = async (each) => {
		const { after, fault: kind } = current.get(each)!;
		await statement(after, kind === 'after');
	};
	const passed = runs.map(async (run) => await run());
	await vi.runAllTimersAsync();
	return (await Promise.all(passed)).flat();
}

const startTimes = fc.array(fc.nat(60), { minLength: 2, maxLength: 4 });
const ms = fc.oneof(fc.nat(20), fc.nat(400));
const slowMs = fc.oneof(ms, fc.integer({ min: 400, max: 60_000 }));
const fault = fc.constantFrom(undefined, undefined, 'before' as const, 'after' as const);

describe('copies of an event that reach several workers', () => {
	/** A worker that asks n8n's store about copies alone. */
	const asking = async () => await worker({ events: ['*'], pageDetails: false, ...WITHOUT_RECOVERY });

	const [PASSES, MARKED, LEFT_OUT] = [[false], [true], []];

	/** Whether what an execution passes on of this event is marked. */
	async function marks(scene: Scene, item: IDataObject, executionId?: string) {
		const copy = { ...item, deliveryId: item.eventId ? randomUUID() : item.deliveryId! };
		const items = await itemsPassedOn(scene.host, [{ json: copy }], 'webhook', executionId);
		return items.map(({ redelivered }) => redelivered === true);
	}

	it('what an execution has twice it passes twice: it has it from one delivery', async () => {
		const { host } = await asking();
		const items = [edited(4), edited(5)].flatMap((json) => [{ json }, { json }]);
		expect(await itemsPassedOn(host, items, 'webhook')).toEqual(items.map(({ json }) => json));
		expect(await itemsPassedOn(host, items, 'webhook')).toEqual([]);
		expect(host.hints).toEqual([
			expect.stringMatching(/^4 events share this execution/),
			expect.stringMatching(/^4 events were left out/),
		]);
	});

	it('an execution whose worker was lost passes its event again, marked', async () => {
		const scene = await asking();
		const item = edited(4);
		expect(await marks(scene, item, '1')).toEqual(PASSES);
		expect(await marks(scene, item, '1')).toEqual(MARKED);
		expect(await marks(scene, item, '2')).toEqual(LEFT_OUT);
		expect(await marks(scene, item, '2')).toEqual(MARKED);
	});

	it.each([
		['14 minutes for its execution is not marked', 14, {}, PASSES],
		['16 minutes for its execution is marked', 16, {}, MARKED],
		['an hour is not marked where it was recovered', 60, { recovered: true }, PASSES],
	])('an event that has waited %s', async (_time, minutes, changed, expected) => {
		const receivedAt = new Date(Date.now() - minutes * 60_000).toISOString();
		expect(await marks(await asking(), { ...edited(4), receivedAt, ...changed })).toEqual(expected);
	});

	it('of two events without an id that say the same, the later one is marked, and a copy left out', async () => {
		const scene = await asking();
		const { eventId: _id, ...item }: IDataObject = {
			...edited(4),
			receivedAt: occurredAt,
			recovered: true,
		};
		const [one, other] = [
			{ ...item, deliveryId: 'd1' },
			{ ...item, deliveryId: 'd2' },
		];
		expect(await marks(scene, one)).toEqual(PASSES);
		expect(await marks(scene, other)).toEqual(MARKED);
		expect(await marks(scene, one)).toEqual(LEFT_OUT);
		expect(await marks(scene, other)).toEqual(LEFT_OUT);
	});

	it('an event passes, marked, after five seconds without a database, which records it later', async () => {
		const store = processedItems();
		const scene = await asking();
		const item = edited(4);
		stopTime();
		store.access = async () => await Promise.reject(new Error('down'));
		const began = performance.now();
		expect(await passUntil(marks(scene, item))).toEqual(MARKED);
		expect(performance.now() - began).toBe(5_000);
		expect(log.of('warn')).toEqual([expect.stringContaining('could not say')]);
		store.access = async () => {};
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await marks(scene, item)).toEqual(LEFT_OUT);
	});

	/** Executions of one event, each started at its time. */
	async function copies(scene: Scene, startTimes: number[], courses: Course[]) {
		const item = edited(4);
		const runs = startTimes.map((start) => async () => {
			await statement(start, false);
			return await marks(scene, item);
		});
		return await race(processedItems(), runs, courses);
	}

	it('exactly one passes, unmarked, while the database works', async () => {
		const scene = await asking();
		stopTime();
		const courses = fc.array(fc.record({ before: ms, after: ms }), { maxLength: 12 });
		const property = fc.asyncProperty(startTimes, courses, async (starts, given) => {
			expect(await copies(scene, starts, given)).toEqual(PASSES);
		});
		await fc.assert(property, { numRuns: 200 });
	});

	it('at least one passes, and at most one unmarked, however slow or broken the database is', async () => {
		const scene = await asking();
		stopTime();
		const course = fc.record({ before: slowMs, after: slowMs, fault });
		const courses = fc.array(course, { maxLength: 16 });
		const property = fc.asyncProperty(startTimes, courses, async (starts, given) => {
			const passed = await copies(scene, starts, given);
			expect(passed.length).toBeGreaterThanOrEqual(1);
			expect(passed.filter((isMarked) => !isMarked).length).toBeLessThanOrEqual(1);
		});
		await fc.assert(property, { numRuns: 200 });
	});
});

describe('both events of a publication, which reach two workers', () => {
	/** A page of which n8n's store has all rows. */
	async function twoWorkersOf(page: IDataObject) {
		const { host } = await worker({ pageDetails: false });
		const workers = await twoWorkers(host);
		const before = Array.from({ length: 8 }, (_, second) => ({
			json: { ...edited(1), page, occurredAt: at(second - 3_600) },
		}));
		await itemsPassedOn(host, before, 'webhook');
		return workers.map((each) => async (item: IDataObject) => {
			host.loaded = each;
			const items = await itemsPassedOn(host, [{ json: { ...item, page } }], 'webhook');
			return items.map(({ redelivered }) => redelivered === true);
		});
	}

	it('the store has two rows of an edit and six of a publication for half an hour, and no longer', async () => {
		const store = processedItems();
		store.access = async () => {};
		const { host } = await worker({ pageDetails: false });
		stopTime();
		const rowsAfter = async (item: typeof edited, revision: number) => {
			const items = pages(100).map((id) => ({ json: { ...item(revision), page: { id } } }));
			await passUntil(itemsPassedOn(host, items, 'webhook'));
			await letSettle();
			await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
			return store.rows.size - changeRows(store).length;
		};
		expect(await rowsAfter(edited, 4)).toBe(200);
		// As fast as rows come they go.
		for (const revision of [5, 6]) expect(await rowsAfter(publicationOf, revision)).toBe(600);
	});

	it('one passes, unmarked, however they and the statements meet', async () => {
		let pageId = 1_000;
		stopTime();
		const property = fc.asyncProperty(
			fc.tuple(fc.nat(60), fc.nat(60)),
			fc.integer({ min: -2, max: 2 }),
			fc.array(fc.record({ before: ms, after: ms }), { maxLength: 40 }),
			async (starts, apart, courses) => {
				const store = processedItems();
				const workers = await passUntil(twoWorkersOf({ id: `${++pageId}` }));
				const items = [edited(4), { ...publicationOf(4), occurredAt: at(apart) }];
				const runs = items.map((item, index) => async () => {
					await statement(starts[index]!, false);
					return await workers[index]!(item);
				});
				expect(await race(store, runs, courses)).toEqual([false]);
			},
		);
		await fc.assert(property, { numRuns: 50 });
	});
});
