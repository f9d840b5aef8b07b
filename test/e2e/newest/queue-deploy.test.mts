import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { composeFile } from '../../support/compose.mts';
import { type Fates, rerunInterrupted, silentlyLost } from '../../support/chaos/fates.mts';
import { storedRuns, tally } from '../../support/n8n/runs.mts';
import { searchPath } from '../../support/n8n/runtime.mts';
import { lacks } from '../../support/programs.mts';
import { waitUntil } from '../../support/wait.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { QueueDeployment, asDeployed, LOOKING_OFTEN } from '../../support/e2e/queue-deployment.mts';
import { storm } from '../../support/storm/storm.mts';
import { responses, underLoad } from '../../support/e2e/under-load.mts';

/** What is in hand when something breaks: each execution takes a moment. */
const SLOW = 'await new Promise((resolve) => setTimeout(resolve, 200)); return $input.all();';

/** A part that is away for a moment. */
async function killAndStart(part: { kill(): Promise<void>; start(): Promise<void> }) {
	await part.kill();
	await sleep(1_000);
	await part.start();
}

describe.skipIf(lacks('nginx', 'redis-server', 'postgresql'))(
	'n8n in queue mode as in examples/deploy, under load',
	() => {
		let deployment: QueueDeployment;
		let workflow: PublishedTrigger;

		beforeAll(async () => {
			const env = { ...asDeployed.env, ...LOOKING_OFTEN };
			deployment = await QueueDeployment.open({ ...asDeployed, env });
			workflow = await deployment.scene.published({ events: ['page_create'] }, { code: SLOW });
		});
		afterAll(async () => await deployment?.close());

		it('the package is installed as compose.yaml does it', async () => {
			const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-nodes-'));
			const [command] = composeFile().services.install!.command as string[];
			const script = command!.replaceAll('$$', '$').replaceAll('/nodes', folder);
			const env = { PACKAGES: inject('tarball'), PATH: searchPath(), npm_config_offline: 'true' };
			await execa('sh', ['-c', script], { env, cwd: folder });
			const installed = await readdir(join(folder, 'node_modules'));
			expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['n8n-nodes-cxone-expert']);
			expect(await readdir(folder)).toContain('package.json');
			// The next "docker compose up" asks no registry: npm always says what it did.
			const again = await execa('sh', ['-c', script], { env, cwd: folder });
			expect(again.stdout + again.stderr).toBe('');

			const { queue } = deployment;
			await queue.webhook.stop();
			const nodes = join(queue.webhook.userFolder, '.n8n', 'nodes');
			await rm(nodes, { recursive: true });
			await execa('mv', [folder, nodes]);
			await queue.webhook.start();
			const { pathname } = new URL(workflow.url);
			const { authorizationHeader: authorization } = workflow.webhooks()[0]!;
			const sent = await workflow.deliver({ authorization }, queue.webhook.baseUrl + pathname);
			expect(sent.status).toBe(200);
		});

		it('each of many deliveries, 30 % of them in copies, runs once through nginx that takes turns', async () => {
			const { scene } = deployment;
			const proxy = await deployment.proxyInTurn();
			const deliveries = Number(process.env.STORM_DELIVERIES ?? 100);
			const before = undecided();
			const figures = await storm(scene, {
				...{ deliveries, repeatedPercent: 30, concurrency: 10 },
				...{ deliveriesPerExecution: 'one', proxyUrl: proxy.url },
			});
			await proxy.close();
			console.log(figures);
			expect(figures).toMatchObject({ deliveries, lost: 0, unmarkedDuplicates: [] });
			// In whatever order copies come, the second one ends in the worker, unless n8n's database does not say in
			// time whether the first has begun: a busy machine can be that slow.
			expect(figures.markedDuplicates).toBeLessThanOrEqual(undecided() - before);
		});

		it('no delivery sees a 4xx, is lost or runs twice unmarked while the webhook processes restart one by one', async () => {
			const found = await expectKept(async ({ queue }) => {
				for (const process of queue.webhooks) await process.restart();
			});
			expectNoneFinal(found);
		});

		it('nothing is lost or runs twice unmarked when a webhook process is killed, and then the main process', async () => {
			await expectKept(async ({ queue, scene }) => {
				await killAndStart(queue.webhook);
				await killAndStart(scene.n8n);
			});
		});

		// What fails in a worker, n8n stores again as a failed execution without its items. So that these can be counted,
		// each execution has one.
		describe('with one delivery an execution', () => {
			beforeAll(async () => {
				const { scene } = deployment;
				await scene.client.deactivate(workflow.id);
				const additionalOptions = { deliveriesPerExecution: 'one' };
				const parameters = { events: ['page_create'], additionalOptions };
				workflow = await scene.published(parameters, { code: SLOW });
			});

			it('what a killed worker had begun is shown as failed, all else runs once', async () => {
				const act = async ({ queue }: QueueDeployment) => {
					await killAndStart(queue.worker);
				};
				await expectKept(act, { executionsFail: true });
			});

			it('nothing is lost in silence or ends twice unmarked when Redis is killed', async () => {
				const act = async ({ queue }: QueueDeployment) => {
					await killAndStart(queue.redis);
				};
				await expectKept(act, { executionsFail: true });
			});

			it('nothing is lost in silence or ends twice unmarked when PostgreSQL freezes and is replaced', async () => {
				const act = async ({ queue }: QueueDeployment) => {
					await queue.postgres.freeze();
					await sleep(2_000);
					await queue.postgres.kill();
					await queue.postgres.startAfterDeath();
				};
				await expectKept(act, { executionsFail: true });
			});
		});

		/** Executions that ran with `redelivered` because n8n's database had not responded to the worker. */
		function undecided(): number {
			const logs = deployment.queue.workers.map(({ log }) => log).join('');
			return logs.split('could not say whether an event has run before').length - 1;
		}

		/**
		 * Breaks something under load; what has become of the deliveries when all is whole again.
		 *
		 * @param executionsFail whether workers fail with executions: n8n stores some again without their items
		 */
		async function expectKept(
			breakSomething: (deployment: QueueDeployment) => Promise<void>,
			{ executionsFail = false } = {},
		) {
			const { scene } = deployment;
			const before = new Set((await failed()).map(({ executionId }) => executionId));
			const act = async () => {
				await breakSomething(deployment);
				await deployment.revive();
			};
			const found = await underLoad(scene, workflow, act, { perSecond: 5 });
			await deployment.revive();
			const withoutItems = (await failed()).filter(
				({ executionId, items }) => items.length === 0 && !before.has(executionId),
			);
			const { unmarkedDuplicates } = tally(storedRuns(scene.database, workflow.id));
			const unmarked = unmarkedDuplicates.map(executionsOf);
			if (executionsFail) {
				// How far the others came before they crashed n8n does not say.
				expect(unmarked.filter(hasEndedTwice)).toEqual([]);
				// Each of them is in the list, as failed, or n8n's log names the delivery: a commit that fails late.
				const silent = silentlyLost(found, logs());
				expect(silent.length, JSON.stringify(silent)).toBeLessThanOrEqual(withoutItems.length);
			} else {
				expect({ unmarked, lost: found.lost }).toEqual({ unmarked: [], lost: [] });
			}
			await expectRetriable();
			return found;
		}

		function hasEndedTwice(runs: Array<{ status: string }>) {
			return runs.filter(({ status }) => status === 'success').length > 1;
		}

		function logs(): string {
			const { scene, queue } = deployment;
			return [scene.n8n, ...queue.webhooks].map(({ log }) => log).join('\n');
		}

		/** For whoever looks into a duplicate. */
		function executionsOf(eventId: string) {
			const runs = storedRuns(deployment.scene.database, workflow.id);
			return runs.flatMap(({ executionId, status, retryOf, items }) =>
				items
					.filter((item) => item.eventId === eventId)
					.map(({ redelivered }) => ({
						executionId,
						status,
						retryOf,
						redelivered: redelivered === true,
					})),
			);
		}

		/** What somebody sees who lists the failed executions. */
		async function failed() {
			const { scene } = deployment;
			const listed = await scene.client.failedExecutions(workflow.id);
			const ids = new Set(listed.map(({ id }) => Number(id)));
			return storedRuns(scene.database, workflow.id).filter(({ executionId }) => ids.has(executionId));
		}

		/** What was cut off is in the list of failed executions, and runs when somebody has it run again. */
		async function expectRetriable() {
			let left: unknown[] = [];
			const hasRun = async () => {
				try {
					// A process may end by itself some time after what it needs was away.
					await deployment.revive();
					left = (await rerunInterrupted(deployment.scene, workflow)).map(executionsOf);
				} catch (error) {
					left = [error];
				}
				return left.length === 0;
			};
			const found = () => inspect(left, { depth: 4 });
			await waitUntil('what was cut off has run again', hasRun, { timeoutMs: 400_000, found });
		}

		/** Expert retries after 503 or no response, and after nothing else. */
		function expectNoneFinal(found: Fates) {
			const final = Object.keys(responses(found)).filter((status) => /^4/.test(status));
			expect(final).toEqual([]);
		}
	},
);
