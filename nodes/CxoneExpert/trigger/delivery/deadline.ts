import { sleep } from 'n8n-workflow';

/** Ms until a delivery is answered, come what may. Expert gives up after a second in all. */
export const RESPONSE_DEADLINE_MS = 700;

/**
 * The time that is left for one answer.
 *
 * n8n's `sleep` cannot be called off. So that it does not keep in memory all that a delivery had to
 * do with, whoever waits for it is let go of as soon as there is nothing left to wait for.
 */
export class Deadline {
	private isOver = false;
	private readonly waiting = new Set<() => void>();

	constructor() {
		void sleep(RESPONSE_DEADLINE_MS).then(() => {
			this.isOver = true;
			for (const call of this.waiting) call();
		});
	}

	/** Calls back when the time is over; what is returned takes that back. */
	whenOver(call: () => void): () => void {
		if (this.isOver) call();
		else this.waiting.add(call);
		return () => void this.waiting.delete(call);
	}

	/** Waits for `work`, but not longer: `undefined` when the time is over first. */
	async within<T>(work: Promise<T>): Promise<T | undefined> {
		let letGo = () => {};
		const over = new Promise<undefined>((resolve) => {
			letGo = this.whenOver(() => resolve(undefined));
		});
		try {
			return await Promise.race([work, over]);
		} finally {
			letGo();
		}
	}
}
