import type { Response } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { vi } from 'vitest';

import {
	DeliveryStore,
	idKey,
} from '../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import { emit } from '../../../nodes/CxoneExpert/trigger/delivery/emit.ts';
import { DeliveryResponse } from '../../../nodes/CxoneExpert/trigger/delivery/n8n/response.ts';
import { contextOf, type LogLines, n8nOf, nodeState } from './delivery-context.mts';
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

/** One delivery that Expert sends as often as a test likes, from the claim on. */
export class EmittedDelivery {
	readonly store = new DeliveryStore();
	readonly storeRecord = vi.fn();
	readonly log: LogLines = { info: [], warn: [], error: [] };
	/** Whether the database answers. */
	getCredentials: () => Promise<object> = async () => ({});
	private readonly node = nodeState({
		headers: { 'x-nexus-delivery-id': 'd-1' },
		credential: async () => await this.getCredentials(),
	});

	copy(): Copy {
		const result = this.store.claim(this.attempt());
		if (result.kind !== 'claimed') return result.kind;
		return result.claim.mayHaveRun ? 'runs, marked' : 'runs';
	}

	/** A copy that waits, and has its own response at its own deadline. */
	tellCopyToRetry(): void {
		const result = this.store.claim(this.attempt());
		if (result.kind !== 'in progress') throw new Error(result.kind);
		result.toldToRetry();
	}

	/** The delivery arrives, and the node gives it to n8n. */
	async begin({
		acknowledge = 'saved' as 'saved' | 'immediately',
		late = false,
	} = {}): Promise<Emitted> {
		const arrivedAt = performance.now();
		const { promise: begun, resolve } = Promise.withResolvers<Omit<Emitted, 'text'>>();
		const port = await serve((response) => {
			const n8n = {
				...n8nOf(this.node, this.log),
				getResponseObject: () => given(response),
			} as IWebhookFunctions;
			const delivery = new DeliveryResponse(n8n);
			if (late) delivery.send(503);
			void this.emit({ n8n, arrivedAt, acknowledge }, delivery).then((returned) =>
				resolve({ n8n: response, returned }),
			);
		});
		const text = raw(port);
		return { ...(await begun), text };
	}

	private async emit(
		{
			n8n,
			arrivedAt,
			acknowledge,
		}: { n8n: IWebhookFunctions; arrivedAt: number; acknowledge: 'saved' | 'immediately' },
		response: DeliveryResponse,
	): Promise<IWebhookResponseData> {
		const result = this.store.claim(this.attempt());
		if (result.kind !== 'claimed') throw new Error(result.kind);
		const { claim } = result;
		const headers = { deliveryId: 'd-1', timestamp: '', signatures: [], isOutsideWindow: false };
		return await emit(
			{
				message: { rawXml: 'x', unreadable: 'it is not XML' },
				delivery: { ...headers, body: Buffer.from('x'), credential: {} },
				claim,
				storeRecord: this.storeRecord,
				isRedelivered: claim.mayHaveRun,
			},
			contextOf(this.node, { n8n, arrivedAt, parameters: { acknowledge } }),
			response,
		);
	}

	private attempt() {
		return { id: idKey('d-1'), time: 1_800_000_000, isOutsideWindow: false };
	}
}

/** n8n has run the statements that write the execution, and looks for binary data. */
export function write({ returned }: Emitted): void {
	void returned.workflowData?.[0]?.[0]?.binary;
}

/** n8n has saved the execution: it reads the response, saves static data, responds. */
export function confirm({ returned, n8n }: Emitted): void {
	n8n.send(returned.webhookResponse);
}

/** n8n's page for what it could not save or start. */
export function fail({ n8n }: Emitted): void {
	n8n.status(500).json({ code: 0, message: 'secret', stacktrace: 'secret' });
}
