import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { NodeContext } from '../memory';
import { reportOnce } from './report-once';

/*
 * Relies on: workflow static data is one JSON column per workflow, and the last writer wins.
 *
 * - n8n saves it after a request if it was assigned to. Changes inside an assigned object go
 *   unnoticed, as does `defineProperty`.
 * - Each execution has its own copy, made before n8n saves the delivery's changes. n8n saves the
 *   copy at the end if a node assigned to it, as text made by `JSON.stringify`.
 * - All triggers of a workflow except webhooks share one copy, made when n8n started or the
 *   workflow was published. n8n saves it in the same way when one of them has written to it and
 *   starts an execution.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: an unsaved record is saved with the next delivery,
 * because each one writes all that the process knows. If the record cannot be put into a copy, the
 * log says so once, and a workflow that writes static data can overwrite it.
 *
 * Look first at: `job-processor`, `loadStaticData`: does a worker begin with what is stored, also
 * in a manual run? Then `workflow-static-data.service`.
 */

export type StaticDataContext = NodeContext & Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

/** Part of a node's data. The column belongs to the workflow, so others write to it, too. */
type PartName = `cxoneExpert${string}`;

/** Our nodes' data in a workflow's static data, as one request or execution sees it. */
export class NodeStaticData {
	private readonly staticData: IDataObject;
	private readonly ownId: string;

	constructor(context: StaticDataContext) {
		this.staticData = context.getWorkflowStaticData('global');
		this.ownId = context.getNode().id;
	}

	/** Returns unchecked data: people and other nodes can write to it. */
	read(name: PartName, nodeId: string = this.ownId): unknown {
		return this.staticData[partKey(name, nodeId)];
	}

	/** Replaces a part of this node. Pass a new value: n8n notices only assignment. */
	write(name: PartName, value: object): void {
		this.staticData[partKey(name, this.ownId)] = value;
	}

	/** Replaces a part if it differs, since each write makes n8n save the whole column. */
	update(name: PartName, value: object): void {
		if (JSON.stringify(value) === JSON.stringify(this.read(name))) return;
		this.write(name, value);
	}

	/** Deletes only what exists, since each delete makes n8n save the whole column. */
	drop(name: PartName, nodeId: string = this.ownId): void {
		const key = partKey(name, nodeId);
		if (key in this.staticData) delete this.staticData[key];
	}

	/** IDs of other nodes that have stored this part, including removed nodes. */
	otherNodes(name: PartName): string[] {
		const prefix = partKey(name, '');
		return Object.keys(this.staticData)
			.filter((key) => key.startsWith(prefix))
			.map((key) => key.slice(prefix.length))
			.filter((nodeId) => nodeId !== this.ownId);
	}
}

/**
 * Puts a part of this node into an execution's copy of static data, or the one that a workflow's
 * triggers share. Evaluated as late as possible: when n8n serializes the copy, if ever.
 *
 * Use `defineProperty`, not assignment: n8n's proxy marks static data as changed on assignment, and
 * n8n would then save the outdated copy over what others have stored meanwhile.
 */
export function injectIntoCopy(
	context: StaticDataContext & Pick<IExecuteFunctions, 'logger'>,
	name: PartName,
	toJSON: () => object | undefined,
): void {
	try {
		const key = partKey(name, context.getNode().id);
		Object.defineProperty(context.getWorkflowStaticData('global'), key, {
			value: { toJSON },
			configurable: true,
			enumerable: true,
			writable: true,
		});
	} catch {
		// The workflow matters more than the record.
		reportOnce(context, 'record in a copy');
	}
}

/** Uses the node's ID: n8n's own key for a node is lost when the node is renamed. */
function partKey(name: PartName, nodeId: string): string {
	return `${name}:${nodeId}`;
}
