import { randomUUID } from 'node:crypto';
import type { IDataObject, INode, INodeType } from 'n8n-workflow';
import { type Workflow, workflowOf } from './n8n.mts';

type WorkflowObject = InstanceType<typeof Workflow>;

const NODE_TYPE = 'n8n-nodes-cxone-expert.cxoneExpertTrigger';

/** A workflow as n8n's database holds it. */
export class WorkflowRow {
	readonly id = randomUUID().slice(0, 16);
	/** The column, as JSON text: the last writer wins. */
	staticData = '{}';
	/** How often n8n has saved the column. */
	saves = 0;
	node: INode;
	/** Beside it. */
	readonly others: INode[] = [];

	constructor(parameters: IDataObject) {
		this.node = {
			id: randomUUID(),
			name: 'CXone Expert Trigger',
			type: NODE_TYPE,
			typeVersion: 1,
			position: [0, 0],
			webhookId: randomUUID(),
			parameters: parameters as INode['parameters'],
			credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
		};
	}

	/** A fresh copy of the column. */
	loadStaticData(): IDataObject {
		return JSON.parse(this.staticData) as IDataObject;
	}

	/** n8n's object for this workflow, on the given static data. */
	toWorkflow(nodeType: INodeType, staticData: IDataObject): WorkflowObject {
		const nodes = structuredClone([this.node, ...this.others]);
		return workflowOf(nodeType, { id: this.id, nodes, active: true, staticData });
	}

	/** As n8n's service for static data: only what is marked as changed, and then all of it. */
	saveStaticData(workflow: WorkflowObject): void {
		if (workflow.staticData.__dataChanged !== true) return;
		this.saves += 1;
		this.staticData = JSON.stringify(workflow.staticData);
		workflow.staticData.__dataChanged = false;
	}
}
