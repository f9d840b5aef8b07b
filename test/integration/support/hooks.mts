import type { IWebhookData, WorkflowActivateMode } from 'n8n-workflow';
import type { Host } from './host.mts';
import { HookContext } from './n8n.mts';

type Hook = 'checkExists' | 'create' | 'delete';

/** n8n's side of registering a webhook. `isTest` is "Listen for test event". */
export class Hooks {
	/** What `delete` threw after a failed `create`: n8n turns it into a warning. */
	readonly warnings: unknown[] = [];
	private readonly host: Host;
	private readonly isTest: boolean;

	constructor(host: Host, isTest: boolean) {
		this.host = host;
		this.isTest = isTest;
	}

	/** `checkExists`, then `create` if needed; a failed `create` is followed by `delete`. */
	async publish(): Promise<void> {
		if (await this.call('checkExists')) return;
		await this.create();
	}

	async create(): Promise<void> {
		try {
			await this.call('create');
		} catch (error) {
			await this.call('delete').catch((second: unknown) => this.warnings.push(second));
			throw error;
		}
	}

	async unpublish(): Promise<void> {
		await this.call('delete');
	}

	async checkExists(): Promise<boolean> {
		return await this.call('checkExists');
	}

	private async call(hook: Hook): Promise<boolean> {
		const { row, loaded } = this.host;
		const staticData = this.isTest ? {} : row.loadStaticData();
		const workflow = row.toWorkflow(loaded.trigger, staticData);
		const node = workflow.getNode(row.node.name)!;
		const additional = this.host.additionalData();
		const webhookData = {
			...{ httpMethod: 'POST', node: node.name, path: `${node.webhookId}/webhook` },
			webhookDescription: loaded.trigger.description.webhooks![0],
			...{ workflowId: row.id, workflowExecuteAdditionalData: additional, isTest: this.isTest },
		} as IWebhookData;
		const mode = this.isTest ? 'manual' : 'trigger';
		const activation: WorkflowActivateMode =
			hook === 'delete' ? 'update' : this.isTest ? 'manual' : 'activate';
		const context = new HookContext(workflow, node, additional, mode, activation, webhookData);
		const result = await loaded.trigger.webhookMethods.default[hook].call(context);
		if (!this.isTest) row.saveStaticData(workflow);
		return result;
	}
}
