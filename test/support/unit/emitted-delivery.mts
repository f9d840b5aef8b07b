import type { Response } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { vi } from 'vitest';

import { type Arrival, Ledger } from '../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { hashKey, NO_KEY } from '../../../nodes/CxoneExpert/trigger/ledger/rows.ts';
import { giveToN8n } from '../../../nodes/CxoneExpert/trigger/delivery/batch.ts';
import { DeliveryResponse } from '../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { contextOf, type LogLines, n8nOf, type NodeState, nodeState } from './delivery-context.mts';
import { given, raw, serve } from './raw-exchange.mts';

/** What becomes of a copy that comes now. */
export type Copy = 'done' | 'in progress' | 'runs' | 'runs, marked' | 'too old';

/** A delivery that n8n has been given. */
export interface Emitted {
	n8n: Response;
	returned: IWebhookResponseData;
	/** All that Expert gets. */
	text: Promise<string>;
}

/** A delivery that n8n is given now or later. */
export interface Joined extends Omit<Emitted, 'returned'> {
	returned: Promise<IWebhookResponseData>;
}

interface Emission {
	acknowledge?: TriggerParameters['acknowledge'];
	deliveriesPerExecution?: TriggerParameters['deliveriesPerExecution'];
	/** The sender was told to retry by then. */
	late?: boolean;
}

/** One delivery that Expert sends as often as a test likes, from the claim on. */
export class EmittedDelivery {
	readonly ledger = new Ledger();
	/** The record is written to static data. */
	readonly storeRecord = vi.fn();
	readonly log: LogLines = { info: [], warn: [], error: [] };
	/** Whether the database answers. */
	getCredentials: () => Promise<object> = async () => ({});
	private readonly id: string;
	private readonly node: NodeState;

	/** @param at the node that it comes to */
	constructor(id = 'd-1', at: Partial<NodeState> = {}) {
		this.id = id;
		this.node = nodeState({
			headers: { 'x-nexus-delivery-id': id },
			staticData: this.watchedStaticData(),
			credential: async () => await this.getCredentials(),
			...at,
		});
	}

	copy(): Copy {
		const claim = this.ledger.claim(this.arrival());
		if (typeof claim === 'string') return claim;
		return claim.mayHaveRun ? 'runs, marked' : 'runs';
	}

	/** The delivery arrives, and the node gives it to n8n. */
	async begin(arrival: Emission = {}): Promise<Emitted> {
		const { returned, ...joined } = await this.join(arrival);
		return { ...joined, returned: await returned };
	}

	/** The delivery arrives. */
	async join({ late = false, ...parameters }: Emission = {}): Promise<Joined> {
		const { promise: joined, resolve } = Promise.withResolvers<Omit<Joined, 'text'>>();
		const port = await serve((response) => {
			const n8n = {
				...n8nOf(this.node, this.log),
				getResponseObject: () => given(response),
			} as IWebhookFunctions;
			const delivery = new DeliveryResponse(n8n);
			if (late) delivery.send(503);
			const context = contextOf(this.node, { n8n, response: delivery, parameters });
			const claim = this.ledger.claim(this.arrival());
			if (typeof claim === 'string') throw new Error(claim);
			delivery.onRetry(() => this.ledger.noteRetry(this.arrival()));
			const items = n8n.helpers.returnJsonArray([{ deliveryId: this.id }]);
			resolve({ n8n: response, returned: giveToN8n({ items, claim, context }) });
		});
		const text = raw(port);
		return { ...(await joined), text };
	}

	private arrival(): Arrival {
		return {
			id: hashKey(this.id),
			name: NO_KEY,
			isNamedByEvents: false,
			changes: [],
			time: 1_800_000_000,
			isSigned: false,
			isOutsideWindow: false,
		};
	}

	private watchedStaticData(): Record<string, unknown> {
		return new Proxy<Record<string, unknown>>(
			{},
			{
				set: (target, key, value) => {
					if (String(key).startsWith('cxoneExpert:')) this.storeRecord();
					return Reflect.set(target, key, value);
				},
			},
		);
	}
}

/** n8n has run the statements that write the execution, and looks for binary data. */
export function write({ returned }: Emitted): void {
	void returned.workflowData?.[0]?.[0]?.binary;
}

/** n8n has saved the execution: it reads the response, saves static data, responds. */
export function confirm({ returned, n8n }: Emitted): void {
	n8n.status(200).send(returned.webhookResponse);
}

/** n8n's page for what it could not save or start. */
export function fail({ n8n }: Emitted): void {
	n8n.status(500).json({ code: 0, message: 'secret', stacktrace: 'secret' });
}
