import { expect, it } from 'vitest';

import type { ApiClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { Journey } from '../../../nodes/CxoneExpert/trigger/execution/journey.ts';
import { Site } from '../../../nodes/CxoneExpert/trigger/execution/site.ts';
import { lookUpUserNames } from '../../../nodes/CxoneExpert/trigger/execution/user-names.ts';
import { deadPaths } from '../../../nodes/CxoneExpert/trigger/publish/paths.ts';
import { findUsers } from '../../../nodes/CxoneExpert/trigger/node/users.ts';
import { nodeState } from '../../support/unit/delivery-context.mts';
import { executionAt } from '../../support/unit/execution.mts';
import { letSettle } from '../../support/integration/stop-time.mts';
import { parameters } from '../../support/unit/samples.mts';

const NAMES = Array.from({ length: 12 }, (_, index) => `name${index}`);

/** Asks a site for each of twelve things; the site responds to a call once the test says so. */
const ASKING: Record<string, (site: () => Promise<void>) => Promise<unknown>> = {
	'lookUpUserNames asks for users': async (site) => {
		const node = nodeState({
			credential: async () => ({ siteUrl: 'https://help.example.com', longTermToken: 'token' }),
			site: async () => void (await site()),
		});
		const journeys = NAMES.map((_, index) => new Journey({ json: { user: { id: `${index}` } } }));
		return await lookUpUserNames(new Site(executionAt(node)), journeys, 60_000);
	},
	'deadPaths asks for pages': async (site) => {
		const filters = { ...parameters().filters, pathPrefixes: NAMES };
		return await deadPaths(at(site, 'page'), { filters });
	},
	'findUsers asks for users': async (site) =>
		await findUsers(at(site, 'user'), { names: NAMES, own: false }),
};

function at(site: () => Promise<void>, name: string): ApiClient {
	const document = { name, root: { '@id': '1' } };
	return {
		call: async () => await site().then(() => ({ status: 200, headers: {}, body: '', document })),
	};
}

it.each(Object.entries(ASKING))('%s five at a time', async (_what, ask) => {
	const waiting: Array<() => void> = [];
	let asked = 0;
	const asking = ask(async () => {
		asked++;
		await new Promise<void>((resolve) => waiting.push(resolve));
	});
	for (let responded = 0; responded < NAMES.length; responded++) {
		await letSettle();
		expect(asked).toBe(Math.min(NAMES.length, responded + 5));
		waiting.shift()!();
	}
	await asking;
});
