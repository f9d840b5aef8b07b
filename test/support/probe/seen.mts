import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { attribute, child, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import { eventKey } from '../../../nodes/CxoneExpert/api/event-types.ts';
import { formOf } from './forms.mts';
import type { Delivery } from './listener.mts';
import type { Own } from './own.mts';
import type { SiteResponse } from './site.mts';

/** Outcome of an assumption, and the form of what was seen: never a value of the site. */
export interface Verdict {
	verdict: 'holds' | 'other' | 'not seen';
	form: string;
}

/** Judges one assumption; `undefined` when nothing was seen that could tell. */
export type Judge = (seen: Seen) => Verdict | undefined;

/** By the short names of statements.txt. A text instead of a judge says why no probe can tell. */
export type Judges = Record<string, Judge | string>;

/** An event of one delivery. */
export interface SeenEvent {
	delivery: Delivery;
	/** Path form, `page_create`; empty when it names none. */
	type: string;
	xml: XmlElement;
}

/** Observations of a probe, by which assumptions are judged. */
export class Seen {
	/** By the step that asked; some steps ask on behalf of others. */
	readonly responses = new Map<string, SiteResponse>();
	/** Attempts to deliver what the probe has done, oldest first. */
	deliveries: Delivery[] = [];
	/** Attempts to deliver what others have done meanwhile. */
	foreign = 0;
	/** Requests to where a redirect led. */
	followed = 0;
	throttled: SiteResponse[] = [];
	/** Whether a webhook of the probe was there to be delivered to. */
	hasListened = false;
	isAdmin = false;
	userId = '';
	/** Why the probe went no further. */
	stopped?: { step: string; form: string };
	readonly credential: ExpertCredential;
	readonly own: Own;
	/** The registered address. */
	webhookUrl = '';

	constructor(credential: ExpertCredential, own: Own) {
		this.credential = credential;
		this.own = own;
	}

	of(step: string): SiteResponse | undefined {
		return this.responses.get(step);
	}

	/** The root element of a success with this name. */
	root(step: string, name?: string): XmlElement | undefined {
		const { status = 0, document } = this.of(step) ?? {};
		const isWanted = status >= 200 && status < 300 && (name ?? document?.name) === document?.name;
		return isWanted ? document?.root : undefined;
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

	/** Events of one type, in any spelling. */
	eventsOf(type: string): SeenEvent[] {
		return this.events.filter((event) => eventKey(event.type) === eventKey(type));
	}

	/** Event types seen after a step; `undefined` when nothing could have been heard of it. */
	typesDuring(step: string): string[] | undefined {
		const isDone = this.root(step) !== undefined && this.deliveries.length > 0;
		if (!isDone) return undefined;
		return this.events.filter(({ delivery }) => delivery.step === step).map(({ type }) => type);
	}

	/** Attempts of one step that got this response first, and those that followed for the same event. */
	attemptsAfter(response: Delivery['response']): Delivery[] {
		const first = this.deliveries.find((delivery) => delivery.response === response);
		if (first === undefined) return [];
		return this.deliveries.filter((delivery) => delivery === first || isRetry(delivery, first));
	}
}

function isRetry(delivery: Delivery, first: Delivery): boolean {
	return delivery.at > first.at && delivery.body.equals(first.body);
}

/**
 * @param holds `undefined` where nothing was seen that could tell
 * @param otherwise the form where it does not hold
 */
export function judged(
	holds: boolean | undefined,
	form: string,
	otherwise = form,
): Verdict | undefined {
	if (holds === undefined) return undefined;
	return holds ? { verdict: 'holds', form } : { verdict: 'other', form: otherwise };
}

/** For an assumption that allows both: the second is less likely, but handled. */
export function either(isLikelier: boolean | undefined, form: string, otherwise = form) {
	return judged(isLikelier, form, `${otherwise}; provided for`);
}

export function notSeen(form: string): Verdict {
	return { verdict: 'not seen', form };
}

/** Judges the response of one step. */
export function ofStep(
	step: string,
	judge: (response: SiteResponse, seen: Seen) => Verdict | undefined,
): Judge {
	return (seen) => {
		const response = seen.of(step);
		return response && judge(response, seen);
	};
}

/** The same by its status and form. */
export function byResponse(
	step: string,
	holds: (response: SiteResponse) => boolean,
	judge: (holds: boolean, form: string) => Verdict | undefined = judged,
): Judge {
	return ofStep(step, (response) => judge(holds(response), formOf(response)));
}

export const isSuccess = ({ status }: SiteResponse) => status >= 200 && status < 300;

/** Whether a 2xx document has this root, and that an attribute of this value. */
export function hasAttribute(response: SiteResponse, name: string, value: string): boolean {
	return (
		isSuccess(response) && attribute(response.document?.root ?? {}, name)?.toLowerCase() === value
	);
}

/** The revision of the page that a step has read, and how a report shows it. */
export function revisionIn(seen: Seen, step: string): { revision?: string; form?: string } {
	const page = seen.root(step, 'page');
	if (page === undefined) return {};
	const revision = attribute(page, 'revision');
	return revision === undefined
		? { form: 'no revision' }
		: { revision, form: `revision ${Number(revision)}` };
}

export function firstChild(element: XmlElement | undefined, ...names: string[]) {
	return names.reduce<XmlElement | undefined>((parent, name) => child(parent, name), element);
}
