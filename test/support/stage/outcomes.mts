import type { N8nClient } from '../n8n/client.mts';
import { type Execution, executionItems } from '../n8n/executions.mts';

export type Item = Record<string, any>;

/** What a delivery became in n8n. */
export interface Outcome {
	execution: Execution;
	item: Item;
}

/** The executions of the workflow by delivery id. Each is read about once, however many there are. */
export class Outcomes {
	private readonly client: N8nClient;
	private readonly workflowId: string;
	private readonly triggerName: string;
	private readonly known = new Map<string, Outcome>();
	private newest = 0;

	constructor(client: N8nClient, workflowId: string, triggerName: string) {
		this.client = client;
		this.workflowId = workflowId;
		this.triggerName = triggerName;
	}

	async of(deliveryId: string): Promise<Outcome | undefined> {
		if (!this.known.has(deliveryId)) await this.readNew();
		return this.known.get(deliveryId);
	}

	private async readNew() {
		const options = { after: this.newest };
		for (const execution of await this.client.executionsWithData(this.workflowId, options)) {
			this.newest = Math.max(this.newest, Number(execution.id));
			for (const item of executionItems(execution, this.triggerName)) {
				this.known.set(item.deliveryId, { execution, item });
			}
		}
	}
}
