import { expect, it } from 'vitest';

import type { ApiClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { lookUpUserNames } from '../../../nodes/CxoneExpert/trigger/execution/user-names.ts';
import { deadPaths } from '../../../nodes/CxoneExpert/trigger/publish/paths.ts';
import { findUsers } from '../../../nodes/CxoneExpert/trigger/publish/users.ts';
import { nodeState } from '../../support/unit/delivery-context.mts';
import { executionAt } from '../../support/unit/execution.mts';
import { parameters, rootOf } from '../../support/unit/samples.mts';

const NAMES = Array.from({ length: 12 }, (_, index) => `name${index}`);

/** Asks a site for each of twelve things; the site responds to a call once the test says so. */
const ASKING: Array<[what: string, ask: (site: () => Promise<void>) => Promise<unknown>]> = [
	[
		'lookUpUserNames asks for users',
		async (site) => {
			const node = nodeState({
				credential: async () => ({ siteUrl: 'https://help.example.com', longTermToken: 'token' }),
				site: async () => void (await site()),
			});
			const users = NAMES.map((_name, index) => ({ user: { id: `${index}` } }));
			return await lookUpUserNames(executionAt(node).context, users, 60_000);
		},
	],
	[
		'deadPaths asks for pages',
		async (site) => {
			const { filters } = parameters();
			return await deadPaths(at(site, '<page id="1"/>'), {
				filters: { ...filters, pathPrefixes: NAMES },
			});
		},
	],
	[
		'findUsers asks for users',
		async (site) => await findUsers(at(site, '<user id="1"/>'), { names: NAMES, own: false }),
	],
];

function at(site: () => Promise<void>, xml: string): ApiClient {
	const root = rootOf(xml);
	const document = { name: xml.startsWith('<page') ? 'page' : 'user', root };
	return {
		async call() {
			await site();
			return { status: 200, headers: {}, body: xml, document };
		},
	};
}

it.each(ASKING)('%s five at a time', async (_what, ask) => {
	const waiting: Array<() => void> = [];
	let asked = 0;
	const asking = ask(async () => {
		asked++;
		await new Promise<void>((resolve) => waiting.push(resolve));
	});
	for (let responded = 0; responded < NAMES.length; responded++) {
		await expect.poll(() => asked).toBe(Math.min(NAMES.length, responded + 5));
		waiting.shift()!();
	}
	await asking;
});
