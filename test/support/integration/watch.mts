import { randomUUID } from 'node:crypto';
import type { NodeOperationError, WorkflowActivateMode } from 'n8n-workflow';
import type { Loaded } from '../../world/contexts.mts';
import { withCause } from './causes.mts';
import type { Host } from './host.mts';
import { passTime } from './stop-time.mts';

/** n8n's side of `trigger()`: the real context, a cron that ticks when a test says so. */
export class Watch {
	/** The node's cron, if registered. */
	expression?: string;
	/** Executions that n8n would store as failed. */
	readonly failures: NodeOperationError[] = [];
	private onTick?: () => unknown;
	/** With the copy of static data that all triggers of the workflow share. */
	private started!: Loaded;
	private closeFunction?: () => Promise<void>;

	/** As n8n starts it: when the workflow is published, or when n8n starts (`init`). */
	static async start(host: Host, activation: WorkflowActivateMode = 'activate'): Promise<Watch> {
		const watch = new Watch();
		const result = await host.loaded.trigger.trigger.call(Watch.contextOf(host, 'trigger', activation, watch));
		watch.closeFunction = result.closeFunction;
		return watch;
	}

	/** As when n8n starts: the route is back, without publishing. */
	static async restart(host: Host): Promise<Watch> {
		await host.restart();
		return await Watch.afterStart(host);
	}

	/** What n8n calls after starting. */
	static async afterStart(host: Host): Promise<Watch> {
		await host.production.checkExists('init');
		return await Watch.start(host, 'init');
	}

	/** Returns when the check has ended, if there was one. */
	async tick(): Promise<void> {
		await this.onTick?.();
	}

	/** A tick five minutes later, when the next check is due. */
	async anotherTick(minutes = 5): Promise<void> {
		passTime(minutes * 60_000);
		await this.tick();
	}

	/** Another trigger of the workflow writes static data when it starts an execution. */
	neighbourWrites(): void {
		this.started.workflow.getStaticData('global').ofTheNeighbour = randomUUID();
		this.started.save();
	}

	/** As n8n ends it, beside calling `delete`. */
	async close(): Promise<void> {
		await this.closeFunction?.();
	}

	/** Context of `trigger()`. */
	static contextOf(
		host: Host,
		mode: 'trigger' | 'manual',
		activation: WorkflowActivateMode = 'activate',
		watch = new Watch(),
	) {
		const started = host.load();
		// n8n's own, which has what was loaded last.
		const getByNameAndVersion = () => host.loaded.trigger;
		Object.assign(started.workflow.nodeTypes, { getByNameAndVersion });
		watch.started = started;
		return started.triggerContext(
			activation,
			{
				emit: async (data, key) => {
					started.save();
					// Another process may run it.
					await host.runner.emit(host.load(), data, key);
				},
				alert: (error) => void watch.failures.push(withCause(error) as NodeOperationError),
				registerCron: ({ expression }, onTick) => {
					watch.expression = expression;
					watch.onTick = () => onTick(new Date());
				},
			},
			mode,
		);
	}
}
