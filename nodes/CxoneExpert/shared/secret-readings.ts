import { sleep } from 'n8n-workflow';

import { BoundedCache, type Reading } from './bounded-cache';

interface SecretReading<Value> extends Reading<Value> {
	/** Something that was not authentic has caused it. */
	isForRejection: boolean;
}

/** Time between two readings for the same key that a rejection causes. */
const REJECTION_INTERVAL_MS = 1000;

/**
 * Secrets that are read from elsewhere, and shared by the deliveries that come together. A reading that
 * failed is kept, too: whoever gets it asks for a later one. Moments are ms of the monotonic clock
 * (`performance.now()`).
 */
export class SecretReadings<Value> extends BoundedCache<SecretReading<Value>> {
	private readonly ttlMs: number;

	constructor(bound: { maxEntries: number; ttlMs: number }) {
		super(bound);
		this.ttlMs = bound.ttlMs;
	}

	/** The value as it was within the time that a reading is kept, or later. */
	async recent(key: string, read: () => Promise<Value>): Promise<Value> {
		return await this.since(performance.now() - this.ttlMs, key, read);
	}

	/** The value as it was at this moment or later. */
	async since(moment: number, key: string, read: () => Promise<Value>): Promise<Value> {
		return await this.readingSince(moment, key, read).value;
	}

	/**
	 * The same before something is rejected, but read at most once a second for that: what is wrong can be
	 * sent as often as one likes.
	 */
	async forRejection(moment: number, key: string, read: () => Promise<Value>): Promise<Value> {
		const known = this.get(key);
		const isRecent = known?.isForRejection && moment - known.startedAt < REJECTION_INTERVAL_MS;
		const reading = this.readingSince(isRecent ? known.startedAt : moment, key, read);
		reading.isForRejection = true;
		return await reading.value;
	}

	private readingSince(
		moment: number,
		key: string,
		read: () => Promise<Value>,
	): SecretReading<Value> {
		const known = this.get(key);
		if (known !== undefined && known.startedAt >= moment) return known;
		const startedAt = performance.now();
		const reading = { startedAt, value: read(), isForRejection: false };
		this.set(key, reading);
		void this.deleteLater(key, reading);
		return reading;
	}

	/** No secret stays in memory for longer than it is used, also when nothing comes any more. */
	private async deleteLater(key: string, reading: SecretReading<Value>): Promise<void> {
		await sleep(this.ttlMs);
		if (this.get(key) === reading) this.delete(key);
	}
}
