import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type NodeContext, nodeKey } from '../../../shared/node-key';
import { processState } from '../../process-state';
import { dropIdsOf } from '../../users/stored-ids';
import { addressOf } from '../../subscription/address';
import { dropWatchOf, readStoredWatch, watchKey, watchToStore } from '../../watch/stored';
import { readRecord, type StoredRecord } from '../dedup/record-format';
import { wasRemoved } from './loaded-workflow';
import { reportOnce } from './report-once';

/*
 * Relies on: workflow static data is one JSON column per workflow, and the last writer wins.
 *
 * - n8n saves it after a request when it was assigned to; it notices no change within an object that
 *   was assigned, and nothing that was defined with `defineProperty`.
 * - An execution has a copy of its own, made before n8n saves what the delivery has changed. n8n saves
 *   the copy at the end when a node has assigned to it, as text made by `JSON.stringify`.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: a record that is not saved is saved with the next
 * delivery, because each one writes all that the process knows. Where the record cannot be put into an
 * execution, the log says so once, and a workflow that writes static data can overwrite it.
 */

export type StaticDataContext = NodeContext & Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

const KEY_PREFIX = 'cxoneExpert:';

/** Named by node id: n8n's own key for a node is lost when the node is renamed. */
function staticDataKey(context: NodeContext): string {
	return `${KEY_PREFIX}${context.getNode().id}`;
}

/** The records of deliveries in the static data of one workflow, as one request has it. */
export class StoredRecords {
	private readonly staticData: IDataObject;
	private readonly ownKey: string;
	private readonly context: StaticDataContext;

	constructor(context: StaticDataContext) {
		this.context = context;
		this.staticData = context.getWorkflowStaticData('global');
		this.ownKey = staticDataKey(context);
	}

	/**
	 * The record of this node.
	 *
	 * @param latest unix seconds by the clock that is furthest ahead
	 */
	read(latest: number): StoredRecord {
		return readRecord(this.staticData[this.ownKey], latest);
	}

	/** Replaces the record. A new object each time: n8n notices only that. */
	write(record: StoredRecord): void {
		this.staticData[this.ownKey] = record as unknown as IDataObject;
	}

	/**
	 * Drops what removed triggers have left: n8n would load and save it with each delivery for ever. Not
	 * of another trigger that has been quiet for long: where its webhook is registered, and how far its
	 * watch has got, is as true as ever.
	 *
	 * @param earliest unix seconds by the clock that is furthest behind
	 * @param latest the same by the clock that is furthest ahead
	 */
	dropExpired(earliest: number, latest: number): void {
		for (const key of Object.keys(this.staticData)) {
			if (!key.startsWith(KEY_PREFIX) || key === this.ownKey) continue;
			if (readRecord(this.staticData[key], latest).expiresAt >= earliest) continue;
			const nodeId = key.slice(KEY_PREFIX.length);
			if (!wasRemoved(this.context, nodeId)) continue;
			delete this.staticData[key];
			dropIdsOf(nodeId, this.staticData);
			dropWatchOf(nodeId, this.staticData);
			delete this.staticData[`${ALERT_KEY_PREFIX}${nodeId}`];
		}
	}
}

const ALERT_KEY_PREFIX = 'cxoneExpertAlert:';

/** When a node has last told of refusals, for all processes of n8n and over restarts. */
export class AlertRecord {
	private readonly context: StaticDataContext;
	private readonly staticData: IDataObject;
	private readonly key: string;
	private readonly now: number;

	/** @param now unix ms */
	constructor(context: StaticDataContext, now: number) {
		this.context = context;
		this.staticData = context.getWorkflowStaticData('global');
		this.key = `${ALERT_KEY_PREFIX}${context.getNode().id}`;
		this.now = now;
	}

	/** Whether the last time is less than this away, by a clock that may have been set since. */
	isWithin(ms: number): boolean {
		return Math.abs(this.now - Number(this.staticData[this.key])) < ms;
	}

	/**
	 * Notes that it is told now. n8n then saves the whole column as this request has read it: what this
	 * process knows of deliveries goes along, so that nothing older takes its place.
	 */
	write(): void {
		this.staticData[this.key] = this.now;
		const opened = processState.deliveryStores.get(nodeKey(this.context));
		if (opened === undefined) return;
		new StoredRecords(this.context).write(opened.store.record(opened.limits));
	}
}

/**
 * Puts the record into the copy of static data that an execution has, as its first step. Without it
 * each execution in which a node writes static data takes all that is remembered out of the database.
 *
 * Use `defineProperty`, not assignment: n8n's proxy marks static data as changed on assignment and
 * would then save it after every execution. The record is made when n8n turns the copy into text, if
 * ever, so that it is as new as can be. A worker has no store, and changes nothing.
 */
export function injectRecordIntoExecution(context: IExecuteFunctions): void {
	const opened = processState.deliveryStores.get(nodeKey(context));
	if (opened === undefined) return;
	inject(context, staticDataKey(context), () => opened.store.record(opened.limits));
}

/**
 * The same with what the watch knows, in a process that watches.
 *
 * @param isToBeSaved n8n saves the copy at the end of the execution, even if no node writes to it
 */
export function injectWatchIntoExecution(context: IExecuteFunctions, isToBeSaved: boolean): void {
	if (addressOf(context).served === undefined) return;
	const stored = readStoredWatch(context);
	if (isToBeSaved) context.getWorkflowStaticData('global')[watchKey(context)] = { ...stored };
	inject(context, watchKey(context), () => watchToStore(context, stored));
}

function inject(context: IExecuteFunctions, key: string, toJSON: () => object): void {
	try {
		Object.defineProperty(context.getWorkflowStaticData('global'), key, {
			value: { toJSON },
			configurable: true,
			enumerable: true,
			writable: true,
		});
	} catch {
		// The execution matters more than what is remembered.
		reportOnce(context, 'record in execution');
	}
}
