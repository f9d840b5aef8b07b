import type { IBinaryData, IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import { Expert } from '../../nodes/CxoneExpert/actions/expert.ts';
import type { Operation, Output } from '../../nodes/CxoneExpert/actions/operation.ts';
import { OperationRun } from '../../nodes/CxoneExpert/actions/run.ts';

/** An answer of the stubbed site; a text alone is the body of a 200. */
export type StubAnswer =
	| string
	| { status?: number; type?: string; body: string | Buffer | undefined };

/** One request as it went to n8n: the address without the site and the API's own path. */
export interface StubCall {
	method: string;
	url: string;
	type?: string;
	body?: unknown;
}

export interface StubRun {
	outputs: Output[];
	calls: StubCall[];
}

/** The site is asked once whether it accepts the token; that is not what is looked at here. */
const ACCEPTED = '<user anonymous="false"/>';

/**
 * Runs one operation against a site that gives these answers in turn. A field that is left out has its
 * default, unless that is an expression.
 */
export async function runOperation(
	operation: Operation,
	parameters: IDataObject,
	answers: StubAnswer[],
	binary: Record<string, IBinaryData> = {},
): Promise<StubRun> {
	const calls: StubCall[] = [];
	let isConnected = false;
	const context = stubContext(operation, parameters, binary, (call) => {
		if (!isConnected) return ACCEPTED;
		calls.push(call);
		const answer = answers[calls.length - 1];
		if (answer === undefined) throw new Error(`one call too many: ${call.method} ${call.url}`);
		return answer;
	});
	const expert = await Expert.connect(context);
	await expert.call({ method: 'GET', path: '/users/current', doing: 'check the token' });
	isConnected = true;
	const run = new OperationRun(context, expert, 0);
	return { outputs: await operation.run(run), calls };
}

/** The JSON of the one item that an operation gave. */
export function onlyItem({ outputs }: StubRun): IDataObject {
	if (outputs.length !== 1) throw new Error(`${outputs.length} items instead of one`);
	return outputs[0]!.json;
}

/** The message that an operation threw. */
export async function refusal(
	operation: Operation,
	parameters: IDataObject,
	answers: StubAnswer[] = [],
	binary: Record<string, IBinaryData> = {},
): Promise<{ message: string; description: string }> {
	try {
		await runOperation(operation, parameters, answers, binary);
	} catch (thrown) {
		const { message, description } = thrown as Error & { description: string };
		return { message, description };
	}
	throw new Error('It was not refused');
}

const API = 'https://site.example/@api/deki';

function stubContext(
	operation: Operation,
	parameters: IDataObject,
	binary: Record<string, IBinaryData>,
	answer: (call: StubCall) => StubAnswer,
): IExecuteFunctions {
	const defaults = Object.fromEntries(operation.fields.map((field) => [field.name, field.default]));
	const httpRequestWithAuthentication = async (_name: string, request: IDataObject) => {
		const { method, url, body, headers } = request as unknown as {
			method: string;
			url: string;
			body?: unknown;
			headers: Record<string, string>;
		};
		const type = headers['Content-Type'];
		const given = answer({
			method,
			url: url.replace(API, ''),
			...(type === undefined ? {} : { type }),
			...(body === undefined ? {} : { body }),
		});
		const full = typeof given === 'string' ? { body: given } : given;
		const contentType = full.type ?? 'application/xml; charset=utf-8';
		return {
			statusCode: full.status ?? 200,
			headers: { 'Content-Type': contentType },
			body: full.body,
		};
	};
	return {
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }) as INode,
		getNodeParameter: (name: string) => parameters[name] ?? defaults[name],
		getCredentials: async () => ({
			siteUrl: 'https://site.example',
			authentication: 'jwt',
			jwt: 'x',
		}),
		helpers: {
			httpRequestWithAuthentication,
			assertBinaryData: (_item: number, field: string) => binary[field],
			getBinaryDataBuffer: async (_item: number, field: string) =>
				Buffer.from(binary[field]!.data, 'base64'),
			prepareBinaryData: async (bytes: Buffer, fileName: string, mimeType?: string) => ({
				data: bytes.toString('base64'),
				fileName,
				mimeType,
			}),
		},
	} as unknown as IExecuteFunctions;
}
