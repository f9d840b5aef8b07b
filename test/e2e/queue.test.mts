import PQueue from 'p-queue';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { N8nInstance } from '../support/n8n/instance.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { lacks } from '../support/programs.mts';
import type { SingleDelivery } from '../support/simulator/index.mts';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { QueueMode } from '../support/e2e/queue-mode.mts';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import { COUNT_IN_STATIC_DATA, type Scene, TRIGGER } from '../support/e2e/scene.mts';
import { eventIdOf } from '../support/e2e/stream.mts';
import { ranByHand, tryPollingByHand } from '../support/e2e/tried-by-hand.mts';

/** As many as an import has, on demand: each is looked for once more, one at a time. */
const knownChanges = Number(process.env.KNOWN_CHANGES ?? 12);
/** On demand as many as the figures in docs/reliability.md are of. */
const publications = Number(process.env.PUBLICATIONS ?? 20);
const LONG_MS = 1_800_000;
const LONG = { timeout: 2 * LONG_MS };

/**
 * The main process watches, two processes take deliveries, as a proxy that takes turns gives them, two
 * workers run them: none of them knows what the others do.
 */
describe.skipIf(lacks('redis-server', 'postgresql'))(
	'queue mode, in a real n8n (needs redis-server and PostgreSQL)',
	() => {
		let queue: QueueMode;
		let recovery: RecoveryScene;
		let scene: Scene;
		let webhook: N8nInstance;
		let other: N8nInstance;

		beforeAll(async () => {
			queue = await QueueMode.open();
			const { env, postgres } = queue;
			const settings = { autoDisableAfter: 1000, knowsDraftPublish: true };
			recovery = await RecoveryScene.open(settings, env, { postgres });
			scene = recovery.scene;
			await queue.startBeside(scene.n8n, { webhooks: 2, workers: 2 });
			[webhook, other] = queue.webhooks as [N8nInstance, N8nInstance];
		});
		afterAll(async () => {
			await queue?.stopBeside();
			await recovery?.close();
			await queue?.close();
		});

		/** Whether a worker has begun it, and not the main process. */
		const ranInWorker = (executionId: string) =>
			queue.workers.some(({ log }) => log.includes(`Worker started execution ${executionId} `));

		it('a delivery to the webhook process runs once, in the worker, which adds the details of its page', async () => {
			// Nobody is told of it but the webhook process.
			const { events } = scene.site.site.createPage('Queued', { title: 'In a queue' });
			const workflow = await scene.published({ events: ['page_create'] });
			const delivery = { body: events[0]!.body, deliveryId: randomUUID() as string };
			await repeat(workflow, [delivery, delivery]);
			const [execution, ...others] = await workflow.executions(1);
			expect(others).toEqual([]);
			expect(ranInWorker(execution!.id)).toBe(true);
			expect(await scene.items(workflow.id, 1)).toMatchObject([[{ page: { path: 'Queued', title: 'In a queue' } }]]);
			// Another process finds it in what is stored, once that is there.
			await workflow.recorded();
			expect(await sendTo(scene.n8n, workflow, delivery)).toBe(200);
			expect(await workflow.executions(1)).toHaveLength(1);
			await scene.client.deactivate(workflow.id);
		});

		it(
			`of both events of each of ${publications} publications of a page, which come to two processes at the same moment, one passes`,
			LONG,
			async () => {
				const workflow = await scene.published({ events: ['pagecontent_update'] });
				// The first ones insert all rows of the page in n8n's store.
				const begin = Date.now() - publications * 7_000;
				for (let count = 0; count < publications; count++) {
					const datetime = new Date(begin + count * 7_000).toISOString();
					const sent = ['draft:publish', 'page.content:update'].map(async (type, index) => {
						const body = event({ type, page: '371', datetime });
						return await sendTo(index === 0 ? webhook : other, workflow, { body });
					});
					expect(await Promise.all(sent)).toEqual([200, 200]);
				}
				await workflow.settled();
				const executions = await scene.client.executionsWithData(workflow.id);
				expect(executions.every(({ id }) => ranInWorker(id))).toBe(true);
				const items = executions.flatMap((each) => executionItems(each, TRIGGER));
				const types = new Set(items.map(({ eventType }) => eventType as string));
				expect([...types]).toEqual(['pagecontent_update']);
				const times = items.map(({ occurredAt }) => occurredAt as string);
				expect({ items: times.length, publications: new Set(times).size }).toEqual({
					items: publications,
					publications,
				});
				await scene.client.deactivate(workflow.id);
			},
		);

		it('known deliveries do not run again after a restart, also where a worker emptied the record', async () => {
			const plain = await scene.published({ events: ['page_create'] });
			const writing = await scene.published({ events: ['page_create'] }, { code: COUNT_IN_STATIC_DATA });
			const sent = new Map<PublishedTrigger, object[]>();
			for (const workflow of [plain, writing]) {
				sent.set(workflow, await deliver(workflow, 3));
				expect(await workflow.executions(3)).toHaveLength(3);
			}
			await webhook.restart();
			for (const [workflow, deliveries] of sent) await repeat(workflow, deliveries);

			expect(await plain.executions(3)).toHaveLength(3);
			// How many executions there are depends on which of them has written static data last.
			await writing.settled();
			const runs = storedRuns(scene.database, writing.id);
			expect(tally(runs)).toMatchObject({ events: 3, unmarkedDuplicates: [] });
			const executions = await scene.client.executionsWithData(writing.id);
			expect(executions.flatMap((each) => executionItems(each, TRIGGER))).toHaveLength(3);
			for (const workflow of sent.keys()) await scene.client.deactivate(workflow.id);
		});

		describe('what another process knows nothing of', () => {
			it.each([
				['the same id', (id: string) => id],
				['a fresh id', () => randomUUID()],
			])('copies under %s that reach both processes at the same moment run once', async (_id, idOf) => {
				const workflow = await scene.published({ events: ['page_create'] });
				const deliveries = Array.from({ length: 6 }, () => aDelivery());
				// One after the other: a busy n8n tells Expert to retry, and the copies part.
				for (const delivery of deliveries) {
					const copy = { ...delivery, deliveryId: idOf(delivery.deliveryId) };
					const statuses = await Promise.all([sendTo(webhook, workflow, delivery), sendTo(other, workflow, copy)]);
					expect(statuses).toEqual([200, 200]);
				}
				expect(await passedOn(workflow)).toEqual(deliveries.map(({ id }) => ({ id })).sort(byId));
				await scene.client.deactivate(workflow.id);
			});

			it(
				`a webhook that was removed is made again once; what was delivered to two workers at once (${knownChanges} pages) is not recovered, and what was recovered not delivered`,
				LONG,
				async () => {
					const workflow = await recovery.published({ events: ['page_create'] });
					const { site } = scene;
					site.pauseDeliveries();
					const { id, authorizationHeader: authorization } = workflow.webhooks()[0]!;
					const make = (path: string) => site.site.createPage(path);
					const delivered = Array.from({ length: knownChanges }, (_, index) => make(`Known_${index}`));
					await new PQueue({ concurrency: 10 }).addAll(
						delivered.map(({ events }) => async () => {
							const delivery = {
								body: events[0]!.body,
								deliveryId: randomUUID() as string,
								authorization,
							};
							// As Expert does: until n8n has taken it.
							for (;;) if ((await sendTo(webhook, workflow, delivery)) === 200) return;
						}),
					);
					await workflow.settled(LONG_MS);
					const missed = ['Missed_1', 'Missed_2'].map(make);
					const calls = site.apiCalls.length;
					// The gap, which the main process closes.
					await scene.removeAtSite(id);
					const names = [
						...delivered.map(({ pageId }) => `page_create ${pageId}`),
						...missed.map(({ pageId }) => `+page_create ${pageId}`),
					];
					await recovery.until(workflow, names, LONG_MS);
					expect((await recovery.ended(workflow)).sort()).toEqual([...names].sort());

					for (const { events } of missed) {
						expect(await sendTo(webhook, workflow, { body: events[0]!.body, authorization })).toBe(200);
					}
					await recovery.calm(workflow);
					expect((await recovery.ended(workflow)).sort()).toEqual([...names].sort());
					const isMade = ({ method, path }: { method: string; path: string }) =>
						method === 'POST' && path.endsWith('/webhooks');
					expect(site.apiCalls.slice(calls).filter(isMade)).toHaveLength(1);
					expect(workflow.webhooks()).toHaveLength(1);
					await scene.client.deactivate(workflow.id);
				},
			);
		});

		// Last: the main process goes on like that.
		describe('when manual executions run in workers, as they always do in n8n 3', () => {
			beforeAll(async () => {
				await scene.n8n.restart({ env: { OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true' } });
			});

			it('Fetch Test Event gives the newest change, and Execute step runs the action node on it', async () => {
				const executions = await tryPollingByHand(scene);
				expect(executions.map(({ id }) => ranInWorker(id))).toEqual([true, true]);
			});

			it('Listen for test event gives the page of the event, and is no delivery', async () => {
				const { events } = scene.site.site.createPage('Heard', { title: 'Heard' });
				const workflow = await scene.published({ events: ['page_create'] });
				await scene.client.listenForTest(workflow.id, TRIGGER);
				const testUrl = scene.client.testUrl(workflow.webhookId);
				const delivery = { body: events[0]!.body, deliveryId: randomUUID() as string };
				expect([200, 503]).toContain((await workflow.sendOnce(delivery, testUrl)).status);
				const heard = [{ page: { path: 'Heard', title: 'Heard' } }];
				const test = await ranByHand(scene, workflow.id, 1);
				expect(ranInWorker(test.id)).toBe(true);
				expect(executionItems(test, TRIGGER)).toMatchObject(heard);
				await workflow.noLongerListening();

				await repeat(workflow, [delivery]);
				const executions = await scene.client.waitForExecutions(workflow.id, 2);
				expect(executions.map(({ mode }) => mode)).toEqual(['manual', 'webhook']);
				expect(executionItems(executions[1]!, TRIGGER)).toMatchObject(heard);
				await scene.client.deactivate(workflow.id);
			});
		});

		/** What the trigger has passed on in all executions. */
		async function passedOn(workflow: PublishedTrigger) {
			await workflow.settled();
			const executions = await scene.client.executionsWithData(workflow.id);
			return executions
				.flatMap((execution) => executionItems(execution, TRIGGER))
				.map(({ eventId, redelivered }) => ({
					id: eventId as string,
					...(redelivered === true ? { redelivered: true } : {}),
				}))
				.sort(byId);
		}

		async function deliver(workflow: PublishedTrigger, count: number) {
			const deliveries = Array.from({ length: count }, aDelivery);
			await repeat(workflow, deliveries);
			return deliveries;
		}

		async function repeat(workflow: PublishedTrigger, deliveries: object[]) {
			for (const delivery of deliveries) expect(await sendTo(webhook, workflow, delivery)).toBe(200);
		}

		/** Sends to one of the processes, under the address by which the site knows the workflow. */
		async function sendTo(n8n: N8nInstance, workflow: PublishedTrigger, delivery: Partial<SingleDelivery>) {
			const { pathname } = new URL(workflow.url);
			const authorization = workflow.webhooks()[0]?.authorizationHeader;
			return (await workflow.deliver({ authorization, ...delivery }, n8n.baseUrl + pathname)).status;
		}
	},
);

function aDelivery() {
	const body = event();
	const timestamp = Math.floor(Date.now() / 1000);
	return { id: eventIdOf(body), body, deliveryId: randomUUID() as string, timestamp };
}

function byId(a: { id: string }, b: { id: string }) {
	return a.id < b.id ? -1 : 1;
}
