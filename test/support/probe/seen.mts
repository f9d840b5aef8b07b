import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { attribute, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import { eventKey } from '../../../nodes/CxoneExpert/api/event-types.ts';
import type { Delivery } from './listener.mts';
import type { Own } from './own.mts';
import { isSuccess, type SiteResponse } from './site.mts';

/** An event of one delivery. */
export interface SeenEvent {
	delivery: Delivery;
	/** Path form, `page_create`; empty when it names none. */
	type: string;
	xml: XmlElement;
}

/** Observations of a probe, by which its questions are judged. */
export class Seen {
	/** The latest of each step. */
	readonly responses = new Map<string, SiteResponse>();
	/** Attempts to deliver what the probe has done, oldest first. */
	deliveries: Delivery[] = [];
	/** Attempts to deliver what others have done meanwhile. */
	foreign = 0;
	isAdmin = false;
	/** Why the probe went no further. */
	stopped?: { step: string; form: string };
	/** The address for the webhook of the probe; empty without one. */
	webhookUrl = '';
	/** Of the webhook, once the site has registered it. */
	webhookId?: string;
	readonly credential: ExpertCredential;
	readonly own: Own;

	constructor(credential: ExpertCredential, own: Own) {
		this.credential = credential;
		this.own = own;
	}

	/** The root element of a success with this name. */
	root(step: string, name?: string): XmlElement | undefined {
		const response = this.responses.get(step);
		if (response === undefined || !isSuccess(response)) return undefined;
		const { document } = response;
		return (name ?? document?.name) === document?.name ? document?.root : undefined;
	}

	/** The events of the probe's changes, each once. */
	get events(): SeenEvent[] {
		const found = new Map<string, SeenEvent>();
		for (const delivery of this.deliveries) {
			if (!('events' in delivery.message)) continue;
			for (const { xml, type = '' } of delivery.message.events) {
				const key = `${attribute(xml, 'id')} ${type}`;
				if (!found.has(key)) found.set(key, { delivery, type, xml });
			}
		}
		return [...found.values()];
	}

	/** The first event of this type, in any spelling, that came after a step. */
	eventOf(step: string, type: string): SeenEvent | undefined {
		return this.events.find((event) => event.delivery.step === step && eventKey(event.type) === eventKey(type));
	}

	/** Event types that came after a step, sorted; `undefined` when none could have come. */
	typesAfter(step: string): string[] | undefined {
		if (this.root(step) === undefined || this.deliveries.length === 0) return undefined;
		const own = this.events.filter(({ delivery }) => delivery.step === step);
		return own.map(({ type }) => type).toSorted();
	}
}
