import type { IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, createClient, type HttpResponse, type Send } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { sendFromNode } from '../../api/http';
import { secretsOf } from '../../api/redact';
import { beforeDeadline } from '../delivery/deadline';
import { readCredential } from '../read-credential';

/** Budget for all calls of one execution: what comes after the trigger waits for it. */
export const BUDGET_MS = 5_000;

/** The site as the trigger's own step of an execution asks it. */
export interface SiteClient {
	/** For questions whose answer stays the same within the execution: it asks each once. */
	cached: ApiClient;
	/** The same budget, without the cache. */
	api: ApiClient;
	credential: ExpertCredential;
}

/** @returns `undefined` when n8n does not give the credential */
export async function connectToSite(context: IExecuteFunctions): Promise<SiteClient | undefined> {
	const credential = await readCredential(context);
	if (credential === undefined) return undefined;
	const send = inTime(sendFromNode(context, credential.siteUrl));
	const api = createClient(send, BUDGET_MS, secretsOf(credential));
	return { api, cached: withCache(api), credential };
}

/** n8n's own timeout starts anew with each byte: a site that trickles would hold the execution up. */
function inTime(send: Send): Send {
	return async (call, timeoutMs) => {
		const end = performance.now() + timeoutMs;
		return (await beforeDeadline(end, send(call, timeoutMs))) ?? TIMED_OUT;
	};
}

const TIMED_OUT: HttpResponse = { status: 0, headers: {}, body: '', networkCode: 'ETIMEDOUT' };

/** Several events of an execution can be about one page. */
function withCache(api: ApiClient): ApiClient {
	const responses = new Map<string, ReturnType<ApiClient['call']>>();
	return {
		mayHaveWritten: false,
		async call(call) {
			const key = JSON.stringify(call);
			const response = responses.get(key) ?? api.call(call);
			responses.set(key, response);
			return await response;
		},
	};
}
