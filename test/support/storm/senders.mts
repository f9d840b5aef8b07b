import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { event } from '../e2e/published-trigger.mts';
import { eventIdOf } from '../e2e/stream.mts';
import { TimeoutError } from '../http.mts';
import { deliveryTimestamp, sendDelivery } from '../simulator/index.mts';
import { waitUntil } from '../wait.mts';
import fc from 'fast-check';

/** Target of the deliveries, and what makes them genuine. */
export interface Target {
	url: string;
	secret: string;
	authorization?: string;
}

/** Expert tries again later and later; these are assumed times. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 8000;

/** Longer than with Expert, which waits for a second: else most requests to a busy n8n would be in vain. */
const TIMEOUT_MS = 5_000;

/** Sends deliveries as Expert does: each copy again and again until its response is final. */
export class Senders {
	/** How often there was each status, or why there was none. */
	readonly responses: Record<string, number> = {};
	/** Copies that were to be sent, each once however often it was tried. */
	copies = 0;
	/** The deliveries that set out, by event id. */
	readonly sent = new Map<string, Delivery>();
	/** Event ids of those that were acknowledged. */
	readonly acknowledged = new Set<string>();
	private readonly target: Target;
	private readonly queue: PQueue;

	constructor(target: Target, concurrency: number) {
		this.target = target;
		this.queue = new PQueue({ concurrency });
	}

	/** Sends new deliveries, each with its further copies, until all have their responses. */
	async send(schedule: Copy[][]): Promise<void> {
		await Promise.all(schedule.map(async (copies) => await this.deliver(copies)));
	}

	/** Sends every delivery so far once more, as it was. */
	async sendAgain(): Promise<void> {
		await Promise.all([...this.sent.values()].map(async (one) => await this.insist(one, 'same')));
	}

	/** Resolves as soon as this many deliveries have their response. */
	async whenAcknowledged(count: number): Promise<void> {
		const what = `${count} deliveries of the storm have their response`;
		await waitUntil(what, () => this.acknowledged.size >= count, { timeoutMs: 600_000 });
	}

	/** Holds back what is not on its way yet, as a proxy does while n8n is away. */
	hold(): void {
		this.queue.pause();
	}

	release(): void {
		this.queue.start();
	}

	private async deliver(copies: Copy[]): Promise<void> {
		const delivery = new Delivery();
		const first = this.insist(delivery, 'same');
		const others = copies.map(async ({ kind, afterMs }) => {
			if (afterMs > 0) await delivery.setOut;
			if (kind === 'replayed') await delivery.acknowledged;
			await sleep(afterMs);
			await this.insist(delivery, kind);
		});
		await Promise.all([first, ...others]);
	}

	/** Sends one copy until the response is 2xx, or 4xx, which Expert treats as final. */
	private async insist(delivery: Delivery, kind: Copy['kind']): Promise<void> {
		this.copies += 1;
		const deliveryId = kind === 'replayed' ? randomUUID() : delivery.id;
		for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
			// What was seen before goes first, or it would wait for all that are still to come.
			const priority = delivery.isUnderWay ? 1 : 0;
			const attempt = async () => await this.attempt(delivery, kind, deliveryId);
			const status = await this.queue.add(attempt, { priority });
			if (typeof status === 'number' && status < 500) return;
			await sleep(pause);
		}
	}

	private async attempt(delivery: Delivery, kind: Copy['kind'], deliveryId: string) {
		const { eventId, body, timestamp } = delivery.content();
		this.sent.set(eventId, delivery);
		const status = await sendDelivery(this.target.url, {
			...this.target,
			body,
			deliveryId,
			timestamp: kind === 're-signed' ? undefined : timestamp,
			timeoutMs: TIMEOUT_MS,
		}).then(({ status }) => status, failure);
		this.responses[status] = (this.responses[status] ?? 0) + 1;
		if (status === 200) this.succeeded(delivery, eventId);
		return status;
	}

	private succeeded(delivery: Delivery, eventId: string) {
		delivery.succeed();
		this.acknowledged.add(eventId);
	}
}

function failure(error: Error): string {
	return error instanceof TimeoutError ? 'no response in time' : 'no connection';
}

interface Content {
	eventId: string;
	body: string;
	/** Signed with the first copy. */
	timestamp: string;
}

/** What Expert sends for an event, which happens when its first copy is sent. */
class Delivery {
	readonly id = randomUUID();
	private readonly start = Promise.withResolvers<Content>();
	private readonly end = Promise.withResolvers<void>();
	private happened?: Content;

	get setOut(): Promise<Content> {
		return this.start.promise;
	}

	get acknowledged(): Promise<void> {
		return this.end.promise;
	}

	get isUnderWay(): boolean {
		return this.happened !== undefined;
	}

	content(): Content {
		this.happened ??= happen();
		this.start.resolve(this.happened);
		return this.happened;
	}

	succeed(): void {
		this.end.resolve();
	}
}

function happen(): Content {
	const body = event();
	return { eventId: eventIdOf(body), body, timestamp: deliveryTimestamp() };
}

/** A further copy of a delivery that was sent already. */
interface Copy {
	/**
	 * - `same`: Expert retries with the same delivery ID, time and signature.
	 * - `re-signed`: the same delivery ID with a new time and signature. The vendor says neither.
	 * - `replayed`: an attacker re-sends a recording under another delivery ID.
	 */
	kind: 'same' | 're-signed' | 'replayed';
	/** Ms after the first copy has set out; of a replayed one, after the delivery was acknowledged. */
	afterMs: number;
}

const copy: fc.Arbitrary<Copy> = fc.record({
	kind: fc.constantFrom('same', 'same', 're-signed', 're-signed', 'replayed'),
	afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1000, max: 6000 })),
});

/**
 * One to four further copies of each delivery, determined by the seed.
 *
 * @param repeatedPercent of the deliveries with further copies
 */
export function schedule(seed: number, deliveries: number, repeatedPercent = 100): Copy[][] {
	const copies = fc.array(copy, { minLength: 1, maxLength: 4 });
	const all = fc.oneof(
		{ arbitrary: copies, weight: repeatedPercent },
		{ arbitrary: fc.constant<Copy[]>([]), weight: 100 - repeatedPercent },
	);
	return fc.sample(all, { seed, numRuns: deliveries, unbiased: true });
}
