import type { IDataObject, INodeListSearchItems } from 'n8n-workflow';

import { OperationContext } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { listSearch, resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { ExpertSite } from '../../../nodes/CxoneExpert/api/expert-site.ts';
import { type ApiClient, ExpertClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { present } from '../present.mts';
import { routes } from '../simulator/index.mts';
import { callName, sampleOf } from '../vendor-samples.mts';
import { ACCEPTED, fieldsOf, type StubCall, stubContext, type StubN8n, type StubResponse } from './stub-site.mts';

const patterns = routes.map(([method, path]) => ({
	call: callName(method, path),
	pattern: new RegExp(`^${method} ${path.replace(/:\w+/g, '[^/]+')}$`, 'i'),
}));

/** All calls, named as in api-calls.json. */
export const calls = patterns.map(({ call }) => call);

/**
 * A site that responds as configured, and otherwise with the vendor's sample where there is one.
 */
export class SampleSite {
	/** Calls made, named as in api-calls.json. */
	readonly asked: string[] = [];
	private readonly others: Record<string, StubResponse>;

	constructor(others: Record<string, StubResponse> = {}) {
		this.others = others;
	}

	/** As the trigger sees it. */
	get api(): ApiClient {
		return new ExpertClient(async ({ method, path }) => {
			const body = sampleOf(this.note(method, path)) ?? '';
			return { status: 200, headers: {}, body };
		}, []);
	}

	/** An operation's result. */
	async run(resource: string, operation: string, parameters: IDataObject = {}, n8n?: StubN8n): Promise<IDataObject[]> {
		const { operations } = present(resources.find(({ value }) => value === resource));
		const found = present(operations.find(({ value }) => value === operation));
		const context = stubContext(fieldsOf(found, parameters), this.toNode, n8n);
		const run = new OperationContext(context, await ExpertSite.connect(context), 0);
		return (await found.run(run)).map(({ json }) => json);
	}

	/** What a "From List" field shows of it. */
	async list(search: string): Promise<INodeListSearchItems[]> {
		return (await present(listSearch[search]).call(stubContext({}, this.toNode))).results;
	}

	/** The node checks whether its token is accepted; the sample shows an anonymous user. */
	private readonly toNode = ({ method, url }: StubCall): StubResponse => {
		if (url === '/users/current') return ACCEPTED;
		const call = this.note(method, url.split('?')[0]!);
		return this.others[call] ?? sampleOf(call) ?? '';
	};

	private note(method: string, path: string): string {
		const { call } = present(
			patterns.find(({ pattern }) => pattern.test(`${method} ${path}`)),
			path,
		);
		this.asked.push(call);
		return call;
	}
}
