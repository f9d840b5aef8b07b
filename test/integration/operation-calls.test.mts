import { expect, it } from 'vitest';
import { useScenes } from '../support/integration/scene.mts';
import { jsonText } from '../support/json-text.mts';
import { actionScenarios, recordActionCalls } from '../support/tables/action-scenarios.mts';

/* The documents name the API calls of each operation: `npm run docs` writes those that it makes. */

useScenes();

/** It runs every scenario, each of which has a test and so a limit of its own elsewhere. */
const timeout = 600_000;

it('the noted API calls of each operation are those that it makes', { timeout }, async () => {
	const calls: Record<string, Record<string, string>> = {};
	for (const scenario of actionScenarios) {
		const { resource, operation } = scenario;
		const ofResource = (calls[resource] ??= {});
		const before = ofResource[operation]?.split(', ') ?? [];
		const made = (await recordActionCalls(scenario)).map(({ call }) => withoutIds(call));
		ofResource[operation] = [...new Set([...before, ...made])]
			.filter((call) => call !== TOKEN_CHECK)
			.join(', ');
	}
	await expect(jsonText(calls)).toMatchFileSnapshot('../support/unit/api-calls.json');
});

/** Before each operation, whose user does not matter to it. */
const TOKEN_CHECK = 'GET users/current';

/** `PUT /pages/3/files/manual.txt` is `PUT pages/{id}/files/{name}`. */
function withoutIds(call: string): string {
	return call
		.replace(' /', ' ')
		.replace('pages/home/', 'pages/{id}/')
		.replace(/\/(\d+|=[^/]+)(?=\/|$)/g, '/{id}')
		.replace(/(?<=\bpages\/{id}\/files\/)[^/]+/, '{name}')
		.replace(/(?<=\/properties\/)[^/]+/, '{name}')
		.replace(/(?<=\/events\/)[^/]+/, '{event}');
}
