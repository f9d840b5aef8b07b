import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { NodeContext } from '../memory';
import { reportOnce } from './report-once';

/*
 * Relies on: workflow static data is one JSON column per workflow, and the last writer wins.
 *
 * - n8n saves it after a request when it was assigned to; it notices no change within an object that
 *   was assigned, and nothing that was defined with `defineProperty`.
 * - An execution has a copy of its own, made before n8n saves what the delivery has changed. n8n saves
 *   the copy at the end when a node has assigned to it, as text made by `JSON.stringify`.
 * - All triggers of a workflow but webhooks share one copy, made when n8n was started or the workflow
 *   published. n8n saves it in the same way whenever one of them has written to it and starts an execution.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: a record that is not saved is saved with the next
 * delivery, because each one writes all that the process knows. Where the record cannot be put into a
 * copy, the log says so once, and a workflow that writes static data can overwrite it.
 */

export type StaticDataContext = NodeContext & Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

/** Names one part of what a node keeps. The column belongs to the workflow: others write to it, too. */
type PartName = `cxoneExpert${string}`;

/** What our nodes keep in the static data of one workflow, as one request or execution has it. */
export class NodeStaticData {
	private readonly staticData: IDataObject;
	private readonly ownId: string;

	constructor(context: StaticDataContext) {
		this.staticData = context.getWorkflowStaticData('global');
		this.ownId = context.getNode().id;
	}

	/** What is found there: people and other nodes can write to it. */
	read(name: PartName, nodeId: string = this.ownId): unknown {
		return this.staticData[partKey(name, nodeId)];
	}

	/** Replaces a part of this node. A new value each time: n8n notices only that. */
	write(name: PartName, value: object | number): void {
		this.staticData[partKey(name, this.ownId)] = value;
	}

	/** Replaces a part, unless it is there already: n8n would save the whole column. */
	update(name: PartName, value: object): void {
		if (JSON.stringify(value) === JSON.stringify(this.read(name))) return;
		this.write(name, value);
	}

	/** Nothing is deleted that is not there: n8n would save the whole column for that, too. */
	drop(name: PartName, nodeId: string = this.ownId): void {
		const key = partKey(name, nodeId);
		if (key in this.staticData) delete this.staticData[key];
	}

	/** The ids of the other nodes that have stored this part, removed ones among them. */
	otherNodes(name: PartName): string[] {
		const prefix = partKey(name, '');
		return Object.keys(this.staticData)
			.filter((key) => key.startsWith(prefix))
			.map((key) => key.slice(prefix.length))
			.filter((nodeId) => nodeId !== this.ownId);
	}
}

/**
 * Puts a part of this node into the copy of static data that an execution has, or that the triggers of the
 * workflow share. It is made when n8n turns the copy into text, if ever, so that it is as new as can be.
 *
 * Use `defineProperty`, not assignment: n8n's proxy marks static data as changed on assignment, and n8n would
 * then save the copy, as old as it is, over what others have stored meanwhile.
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
		// The workflow matters more than what is remembered.
		reportOnce(context, 'record in a copy');
	}
}

/** Named by node id: n8n's own key for a node is lost when the node is renamed. */
function partKey(name: PartName, nodeId: string): string {
	return `${name}:${nodeId}`;
}
