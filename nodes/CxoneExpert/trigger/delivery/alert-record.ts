import { STORED } from '../stored-parts';
import { ledgerOf, storeLedger } from '../ledger/node-ledger';
import { NodeStaticData, type StaticDataContext } from '../../n8n/static-data';

/** When a node has last told of refusals, for all processes of n8n and over restarts. */
export class AlertRecord {
	private readonly context: StaticDataContext;
	private readonly staticData: NodeStaticData;
	private readonly now: number;

	/** @param now unix ms */
	constructor(context: StaticDataContext, now: number) {
		this.context = context;
		this.staticData = new NodeStaticData(context);
		this.now = now;
	}

	/**
	 * Ms since the last time, if that is less than this away; below 0 when the clock was set back since.
	 */
	ageWithin(ms: number): number | undefined {
		const ageMs = this.now - Number(this.staticData.read(STORED.alert));
		return Math.abs(ageMs) < ms ? ageMs : undefined;
	}

	/**
	 * Notes that it is told now. n8n then saves the whole column as this request has read it: what this
	 * process knows of deliveries goes along, so that nothing older takes its place.
	 */
	write(): void {
		this.staticData.write(STORED.alert, this.now);
		if (!ledgerOf(this.context).isEmpty) storeLedger(this.context, this.now);
	}
}
