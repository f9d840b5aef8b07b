import type { IExecuteFunctions } from 'n8n-workflow';

import { nodeKey } from '../../../shared/node-key';
import { processState } from '../../process-state';
import { dropAllOf, STORED } from '../../stored-parts';
import { wasRemoved } from '../../../n8n/loaded-workflow';
import {
	injectIntoExecution,
	NodeStaticData,
	type StaticDataContext,
} from '../../../n8n/static-data';
import { readRecord, type StoredRecord } from './record-format';

/** The records of deliveries in the static data of one workflow, as one request has it. */
export class StoredRecords {
	private readonly staticData: NodeStaticData;
	private readonly context: StaticDataContext;

	constructor(context: StaticDataContext) {
		this.context = context;
		this.staticData = new NodeStaticData(context);
	}

	/**
	 * The record of this node.
	 *
	 * @param latest unix seconds by the clock that is furthest ahead
	 */
	read(latest: number): StoredRecord {
		return readRecord(this.staticData.read(STORED.deliveries), latest);
	}

	/** Replaces the record. */
	write(record: StoredRecord): void {
		this.staticData.write(STORED.deliveries, record);
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
		for (const nodeId of this.staticData.otherNodes(STORED.deliveries)) {
			const record = readRecord(this.staticData.read(STORED.deliveries, nodeId), latest);
			if (record.expiresAt >= earliest) continue;
			if (wasRemoved(this.context, nodeId)) dropAllOf(nodeId, this.staticData);
		}
	}
}

/**
 * Puts the record into the copy of static data that an execution has, as its first step. Without it
 * each execution in which a node writes static data takes all that is remembered out of the database.
 * A worker has no store, and changes nothing.
 */
export function injectRecordIntoExecution(context: IExecuteFunctions): void {
	const opened = processState.deliveryStores.get(nodeKey(context));
	if (opened === undefined) return;
	injectIntoExecution(context, STORED.deliveries, () => opened.store.record(opened.limits));
}
