import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { NodeContext } from '../process-state';
import { addressOf } from '../subscription/address';

type Context = NodeContext & Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

/**
 * What outlives the process, in workflow static data. `trigger()` may read it when it starts, and never
 * writes it: its copy is as old as the start, and n8n would put all of it over what others have written
 * since. `create` and `webhook()` write it.
 */
export interface StoredWatch {
	/** Under which address the webhook was registered last. */
	registeredUrl?: string;
}

const KEY_PREFIX = 'cxoneExpertWatch:';

/** What is stored, whatever is found there: people and other nodes can write to it. */
export function readStoredWatch(context: Context): StoredWatch {
	const stored = context.getWorkflowStaticData('global')[keyOf(context)];
	const { registeredUrl } = (stored ?? {}) as Record<string, unknown>;
	return typeof registeredUrl === 'string' ? { registeredUrl } : {};
}

/** Stores what this process knows. Nothing is written that is there already: n8n saves the whole column. */
export function storeWatch(context: Context): void {
	const { registeredUrl } = addressOf(context);
	if (registeredUrl === undefined || readStoredWatch(context).registeredUrl === registeredUrl)
		return;
	const stored: StoredWatch = { registeredUrl };
	context.getWorkflowStaticData('global')[keyOf(context)] = stored as IDataObject;
}

/** Drops what is stored of another node. */
export function dropWatchOf(nodeId: string, staticData: IDataObject): void {
	delete staticData[`${KEY_PREFIX}${nodeId}`];
}

function keyOf(context: NodeContext): string {
	return `${KEY_PREFIX}${context.getNode().id}`;
}
