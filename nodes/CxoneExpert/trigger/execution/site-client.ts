import type { IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, createClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { secretsOf } from '../../api/redact';
import { readCredential } from '../read-credential';
import { sendFromNode } from '../../api/http';

/** Budget for all calls of one execution: what comes after the trigger waits for it. */
export const BUDGET_MS = 5_000;

/** The site as the trigger's own step of an execution asks it. */
export interface SiteClient {
	/** For calls whose response stays the same within the execution: it makes each once. */
	cached: ApiClient;
	/** The same budget, without the cache. */
	api: ApiClient;
	credential: ExpertCredential;
}

/** @returns `undefined` when n8n does not give the credential */
export async function connectToSite(context: IExecuteFunctions): Promise<SiteClient | undefined> {
	const credential = await readCredential(context);
	if (credential === undefined) return undefined;
	const send = sendFromNode(context, credential.siteUrl);
	const api = createClient(send, BUDGET_MS, secretsOf(credential));
	return { api, cached: withCache(api), credential };
}

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
