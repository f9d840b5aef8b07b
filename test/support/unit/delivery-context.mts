import { randomUUID } from 'node:crypto';
import type { IDataObject, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';

/** What a test varies of the node and its n8n. */
export interface NodeState {
	id: string;
	name: string;
	workflow: string;
	mode: 'webhook' | 'manual';
	staticData: Record<string, unknown>;
	headers: Record<string, unknown>;
	credential: () => Promise<ExpertCredential>;
	/**
	 * The site's response for a path below `/@api/deki`: a body or a status; anything else is not
	 * found.
	 */
	site: (path: string, query: URLSearchParams) => Promise<string | number | undefined>;
}

/** A new trigger node, unaffected by what other tests left in memory. */
export function nodeState(changed: Partial<NodeState> = {}): NodeState {
	return {
		id: randomUUID(),
		name: 'Trigger',
		workflow: 'w',
		mode: 'webhook',
		staticData: {},
		headers: {},
		credential: async () => ({}),
		site: async () => undefined,
		...changed,
	};
}

/** Lines in n8n's log by level. */
export interface LogLines {
	info: string[];
	warn: string[];
	error: string[];
}

/** n8n's side of a request, as far as the journey uses it. */
export function n8nOf(
	node: NodeState,
	log: LogLines = { info: [], warn: [], error: [] },
): IWebhookFunctions {
	const request = async (_type: string, { url }: IHttpRequestOptions) => {
		const { pathname, searchParams } = new URL(url);
		const response = (await node.site(pathname.replace('/@api/deki', ''), searchParams)) ?? 404;
		const isStatus = typeof response === 'number';
		return { statusCode: isStatus ? response : 200, headers: {}, body: isStatus ? '' : response };
	};
	return {
		getMode: () => node.mode,
		getNode: () => ({ id: node.id, name: node.name }),
		getWorkflow: () => ({ id: node.workflow }),
		getWorkflowStaticData: (kind: string) => (kind === 'global' ? node.staticData : {}),
		getHeaderData: () => node.headers,
		getCredentials: async () => await node.credential(),
		helpers: {
			httpRequestWithAuthentication: request,
			returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })),
		},
		logger: {
			info: (line: string) => log.info.push(line),
			warn: (line: string) => log.warn.push(line),
			error: (line: string) => log.error.push(line),
		},
	} as unknown as IWebhookFunctions;
}
