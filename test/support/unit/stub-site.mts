import { randomUUID } from 'node:crypto';
import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
} from 'n8n-workflow';

import { type Operation, OperationContext } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { ExpertSite } from '../../../nodes/CxoneExpert/api/expert-site.ts';
import type { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { type FailureCause, failureOf } from '../../../nodes/CxoneExpert/api/node-error.ts';

/** A response of the stubbed site; a text alone is the body of a 200. */
export type StubResponse = string | { status?: number; type?: string; body?: string | Buffer };

/** One request as it went to n8n: the address without the site and the API's own path. */
export interface StubCall {
	method: string;
	url: string;
	type?: string;
	body?: unknown;
}

interface StubRun {
	/** The JSON of the outputs. */
	items: IDataObject[];
	calls: StubCall[];
}

/** Error of an operation, as a person reads it, and the calls made before. */
interface StubRefusal {
	message: string;
	description: string;
	/** The cause that n8n gets. */
	failure: FailureCause;
	calls: StubCall[];
}

/** n8n's data for the operation besides its fields. */
export interface StubN8n {
	/** The binary data of the incoming item. */
	binary?: Record<string, IBinaryData>;
}

const TOKEN = 'secret-token';
const SITE = 'https://site.example';

/** The site is asked once whether it accepts the token; that is not what is looked at here. */
export const ACCEPTED = '<user anonymous="false"/>';

/** Runs one operation against a site that gives these responses in turn; a field left out has its default. */
export async function runOperation(
	operation: Operation,
	parameters: object,
	responses: StubResponse[] = [],
	n8n: StubN8n = {},
): Promise<StubRun> {
	const stub = await stubOf(operation, parameters, responses, n8n);
	const outputs = await operation.run(stub.run);
	return { items: outputs.map(({ json }) => json), calls: stub.calls };
}

/** Error of an operation; fails when it does not throw. */
export async function refusalOf(
	operation: Operation,
	parameters: object,
	responses: StubResponse[] = [],
	n8n: StubN8n = {},
): Promise<StubRefusal> {
	const { run, calls } = await stubOf(operation, parameters, responses, n8n);
	const thrown = await operation.run(run).then(
		() => undefined,
		(error: ExpertError) => error,
	);
	if (thrown === undefined) throw new Error('The operation did not refuse it');
	const { message, description } = thrown;
	return { message, description, failure: failureOf(thrown).cause, calls };
}

/** A call in one line, e.g. `GET /pages/42`. */
function inOneLine({ method, url }: StubCall): string {
	return `${method} ${url}`;
}

async function stubOf(operation: Operation, parameters: object, responses: StubResponse[], n8n: StubN8n) {
	const calls: StubCall[] = [];
	let isConnected = false;
	const responseTo = (call: StubCall): StubResponse => {
		if (!isConnected) return ACCEPTED;
		const [before, next] = responses.slice(Math.max(0, calls.length - 1));
		const end = endOfList(call, before, next);
		if (end !== undefined) return end;
		calls.push(call);
		const response = responses[calls.length - 1];
		if (response === undefined) throw new Error(`one call too many: ${inOneLine(call)}`);
		return response;
	};
	const context = stubContext(fieldsOf(operation, parameters), responseTo, n8n);
	const expert = await ExpertSite.connect(context);
	await expert.call({ method: 'GET', path: '/users/current', doing: 'check the token' });
	isConnected = true;
	return { run: new OperationContext(context, expert, 0), calls };
}

/**
 * Lists end with an empty page: returned, and not counted, unless the test defines a further page.
 */
function endOfList({ method, url }: StubCall, before?: StubResponse, next?: StubResponse): string | undefined {
	const root = rootOf(before);
	const isLaterPage = method === 'GET' && /[?&]offset=[1-9]/.test(url);
	return isLaterPage && root !== undefined && rootOf(next) !== root ? `<${root}/>` : undefined;
}

function rootOf(response: StubResponse = ''): string | undefined {
	const body = typeof response === 'string' ? response : response.body;
	return /^<([\w.]+)/.exec(String(body))?.[1];
}

/** Values of an operation's fields. */
export function fieldsOf({ fields }: Operation, parameters: object): Record<string, unknown> {
	return {
		...Object.fromEntries(fields.map((field) => [field.name, field.default])),
		...parameters,
	};
}

/** n8n, for an operation or a list of the editor, and a site behind it. */
export function stubContext(
	fields: Record<string, unknown>,
	responseTo: (call: StubCall) => StubResponse,
	{ binary = {} }: StubN8n = {},
): IExecuteFunctions & ILoadOptionsFunctions {
	// Means nothing beside a long-term token, but the token counts as another one, and is checked again.
	const runAsUser = randomUUID();
	return {
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }) as INode,
		getNodeParameter: readOnce(fields),
		getCurrentNodeParameter: (name: string) => fields[name],
		getTimezone: () => 'UTC',
		addExecutionHints: () => {},
		getCredentials: async () => ({
			...{ siteUrl: SITE, authentication: 'jwt', longTermToken: TOKEN },
			runAsUser,
		}),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, request: IHttpRequestOptions) =>
				httpResponse(request, responseTo(callOf(request))),
			assertBinaryData: (_item: number, field: string) => binary[field],
			getBinaryDataBuffer: async (_item: number, field: string) => Buffer.from(binary[field]!.data, 'base64'),
			prepareBinaryData: async (bytes: Buffer, fileName: string, mimeType?: string) => ({
				data: bytes.toString('base64'),
				fileName,
				mimeType,
			}),
		},
	} as unknown as IExecuteFunctions & ILoadOptionsFunctions;
}

/** n8n works out an expression each time it is asked: an operation reads each of its fields once. */
function readOnce(fields: Record<string, unknown>) {
	const read = new Set<string>();
	return (name: string) => {
		if (read.has(name)) throw new Error(`the field ${name} is read twice`);
		read.add(name);
		return fields[name];
	};
}

function callOf({ method, url, headers, body }: IHttpRequestOptions): StubCall {
	const type = headers?.['Content-Type'] as string | undefined;
	return {
		method: String(method),
		// Without what each call has.
		url: url.replace(`${SITE}/@api/deki`, '').replace(/[?&]authenticate=true$/, ''),
		...(type === undefined ? {} : { type }),
		...(body === undefined ? {} : { body }),
	};
}

/** n8n gives bytes where bytes were asked for. */
function httpResponse({ encoding }: IHttpRequestOptions, response: StubResponse) {
	const { status = 200, type, body = '' } = typeof response === 'string' ? { body: response } : response;
	return {
		statusCode: status,
		headers: { 'Content-Type': type ?? 'application/xml; charset=utf-8' },
		body: encoding === 'arraybuffer' ? Buffer.from(body) : String(body),
	};
}
