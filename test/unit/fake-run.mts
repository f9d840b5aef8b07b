import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { Expert } from '../../nodes/CxoneExpert/actions/expert.ts';
import type { Operation } from '../../nodes/CxoneExpert/actions/operation.ts';
import { OperationRun } from '../../nodes/CxoneExpert/actions/run.ts';

/** An answer of the site; a text alone is a document. */
export type FakeAnswer =
	| string
	| { status?: number; headers?: Record<string, string>; body?: string };

/** What an operation gave, and what it asked the site for: method and address without the site. */
export interface FakeRun {
	items: IDataObject[];
	calls: string[];
	headers: Array<Record<string, unknown>>;
	hints: string[];
}

export const SITE = 'https://site.example';
const API = `${SITE}/@api/deki`;
/** The site takes the token; that it is asked is not counted. */
const ME = '<user anonymous="false"><username>admin</username></user>';

/** Runs one operation in UTC against a site that gives these answers in turn. */
export async function runOperation(
	operation: Operation,
	parameters: IDataObject,
	...answers: FakeAnswer[]
): Promise<FakeRun> {
	const done: FakeRun = { items: [], calls: [], headers: [], hints: [] };
	const context = contextOf(parameters, done, answers);
	const run = new OperationRun(context, await Expert.connect(context), 0);
	done.items = (await operation.run(run)).map(({ json }) => json);
	return done;
}

function contextOf(parameters: IDataObject, done: FakeRun, answers: FakeAnswer[]) {
	const httpRequestWithAuthentication = async (_type: string, request: IHttpRequestOptions) => {
		if (request.url === `${API}/users/current`) return { statusCode: 200, headers: {}, body: ME };
		done.calls.push(`${request.method} ${request.url.replace(API, '')}`);
		done.headers.push(request.headers as Record<string, unknown>);
		const answer = answers[done.calls.length - 1];
		if (answer === undefined) throw new Error(`No answer for ${request.url}`);
		const {
			status = 200,
			headers = {},
			body = '',
		} = typeof answer === 'string' ? { body: answer } : answer;
		return { statusCode: status, headers, body };
	};
	const context = {
		getCredentials: async () => ({ siteUrl: SITE, authentication: 'jwt', jwt: 'secret-token' }),
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }),
		getTimezone: () => 'UTC',
		getNodeParameter: (name: string) => parameters[name],
		addExecutionHints: (...hints: Array<{ message: string }>) => {
			done.hints.push(...hints.map(({ message }) => message));
		},
		helpers: {
			httpRequestWithAuthentication: {
				call: (_context: unknown, type: string, request: IHttpRequestOptions) =>
					httpRequestWithAuthentication(type, request),
			},
		},
	};
	return context as unknown as IExecuteFunctions;
}
