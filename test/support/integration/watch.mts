import { randomUUID } from 'node:crypto';
import type {
	INodeExecutionData,
	IRun,
	INodeType,
	ITriggerFunctions,
	NodeOperationError,
	WorkflowActivateMode,
} from 'n8n-workflow';
import { withCause } from './causes.mts';
import type { Host } from './host.mts';
import { TriggerContext } from './n8n.mts';
import { passTime } from './stop-time.mts';

/** n8n's side of `trigger()`: the real context, a cron that ticks when a test says so. */
export class Watch {
	/** The node's cron, if registered. */
	expression?: string;
	/** Executions that n8n would store as failed. */
	readonly failures: NodeOperationError[] = [];
	/** What this process has loaded, where the host stands for another one. */
	private loaded?: INodeType;
	private onTick?: () => unknown;
	/** With the copy of static data that all triggers of the workflow share. */
	private workflow!: ReturnType<Host['row']['toWorkflow']>;
	private closeFunction?: () => Promise<void>;

	/** As n8n starts it: when the workflow is published, or when n8n starts (`init`). */
	static async start(host: Host, activation: WorkflowActivateMode = 'activate'): Promise<Watch> {
		const watch = new Watch();
		const result = await host.loaded.trigger.trigger.call(
			Watch.contextOf(host, 'trigger', activation, watch),
		);
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

	/** Deliveries come to another process from now on. */
	async goOnBesideAnother(host: Host): Promise<void> {
		this.loaded = host.loaded.trigger;
		await host.restart();
	}

	/** Another trigger of the workflow writes static data when it starts an execution. */
	neighbourWrites({ row }: Host): void {
		this.workflow.getStaticData('global').ofTheNeighbour = randomUUID();
		row.saveStaticData(this.workflow);
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
		const { row, loaded } = host;
		const workflow = row.toWorkflow(loaded.trigger, row.loadStaticData());
		// n8n's own, which has what was loaded last.
		const getByNameAndVersion = () => watch.loaded ?? host.loaded.trigger;
		Object.assign(workflow.nodeTypes, { getByNameAndVersion });
		watch.workflow = workflow;
		return new TriggerContext(
			workflow,
			workflow.getNode(row.node.name)!,
			host.additionalData(),
			mode,
			activation,
			(data, _response, done, key) => void emit(host, data[0] ?? [], done, key),
			() => {
				throw new Error('The watch must not have n8n start it again');
			},
			(error) => void watch.failures.push(withCause(error) as NodeOperationError),
			{
				registerCron: ({ expression }, onTick) => {
					watch.expression = expression;
					watch.onTick = () => onTick(new Date());
				},
			},
		);
	}
}

/** Like n8n, reports whether what a trigger emits has run or could not be saved. */
async function emit(
	host: Host,
	items: INodeExecutionData[],
	done: Parameters<ITriggerFunctions['emit']>[2],
	key?: string,
): Promise<void> {
	try {
		await host.emit(items, key);
		done?.resolve(undefined as unknown as IRun);
	} catch (error) {
		done?.reject(error as Error);
	}
}
