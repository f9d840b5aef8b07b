import { randomUUID } from 'node:crypto';
import { event } from '../e2e/published-trigger.mts';
import { deliveryTimestamp } from '../simulator/index.mts';
import { present } from '../present.mts';

interface Content {
	eventId: string;
	body: string;
	/** Signed with the first copy. */
	timestamp: string;
}

/** What Expert sends for one event. The event happens when its first copy sets out. */
export class Delivery {
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
	const eventId = present(/id="([^"]+)"/.exec(body)?.[1], 'id');
	return { eventId, body, timestamp: deliveryTimestamp() };
}
