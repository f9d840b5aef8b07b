import { dropAllOf, STORED } from '../../stored-parts';
import { wasRemoved } from '../../../n8n/loaded-workflow';
import { NodeStaticData, type StaticDataContext } from '../../../n8n/static-data';
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
