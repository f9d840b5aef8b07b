import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { Expert } from '../../nodes/CxoneExpert/actions/expert.ts';
import type { Operation } from '../../nodes/CxoneExpert/actions/operation.ts';
import { OperationRun } from '../../nodes/CxoneExpert/actions/run.ts';

/** An answer of the site; a text alone is an XML document with status 200. */
export type Answer = string | { status?: number; type?: string; body?: string | Buffer };

/** A call as the site gets it; the path is not decoded. */
export interface SentCall {
	method: string;
	path: string;
	query?: Record<string, string>;
	type?: string;
	body?: unknown;
}

const SITE = 'https://site.example';
const ADMIN = '<user anonymous="false" id="1"><username>admin</username></user>';

/** Runs an operation against a site that gives these answers in turn. */
export async function runOperation(
	operation: Operation,
	parameters: IDataObject,
	...answers: Answer[]
): Promise<{ items: IDataObject[]; calls: SentCall[] }> {
	const calls: SentCall[] = [];
	const context = contextOf(parameters, answers, calls);
	const run = new OperationRun(context, await Expert.connect(context), 0);
	const items = (await operation.run(run)).map(({ json }) => json);
	return { items, calls };
}

/** What the operation throws, as a person reads it, and the calls made until then. */
export async function refusalOf(
	operation: Operation,
	parameters: IDataObject,
	...answers: Answer[]
): Promise<{ message: string; description: string; calls: SentCall[] }> {
	const calls: SentCall[] = [];
	const context = contextOf(parameters, answers, calls);
	const run = new OperationRun(context, await Expert.connect(context), 0);
	const thrown = await operation.run(run).then(
		() => undefined,
		(error: Error & { description?: string }) => error,
	);
	if (thrown === undefined) throw new Error('The operation did not refuse it');
	return { message: thrown.message, description: thrown.description ?? '', calls };
}

function contextOf(parameters: IDataObject, answers: Answer[], calls: SentCall[]) {
	const httpRequestWithAuthentication = async (_type: string, request: IHttpRequestOptions) => {
		const call = sentCall(request);
		if (call.path === '/users/current') return { statusCode: 200, headers: {}, body: ADMIN };
		calls.push(call);
		const answer = answers[calls.length - 1];
		if (answer === undefined) throw new Error(`No answer for ${call.method} ${call.path}`);
		const { status = 200, type, body } = typeof answer === 'string' ? { body: answer } : answer;
		const headers = { 'content-type': type ?? 'application/xml; charset=utf-8' };
		return { statusCode: status, headers, body: bodyFor(request, body ?? '') };
	};
	return {
		getCredentials: async () => ({ siteUrl: SITE, authentication: 'jwt', jwt: 'secret-token' }),
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }),
		getTimezone: () => 'Europe/Berlin',
		getNodeParameter: (name: string) => parameters[name],
		helpers: {
			httpRequestWithAuthentication: {
				call: (_context: unknown, type: string, request: IHttpRequestOptions) =>
					httpRequestWithAuthentication(type, request),
			},
		},
	} as unknown as IExecuteFunctions;
}

function sentCall({ method, url, headers, body }: IHttpRequestOptions): SentCall {
	const [path, query] = url.replace(`${SITE}/@api/deki`, '').split('?');
	const type = headers?.['Content-Type'] as string | undefined;
	return {
		method: String(method),
		path: String(path),
		...(query === undefined ? {} : { query: Object.fromEntries(new URLSearchParams(query)) }),
		...(type === undefined ? {} : { type }),
		...(body === undefined ? {} : { body }),
	};
}

/** n8n gives bytes where bytes were asked for. */
function bodyFor(request: IHttpRequestOptions, body: string | Buffer): string | Buffer {
	return request.encoding === 'arraybuffer' ? Buffer.from(body) : String(body);
}
