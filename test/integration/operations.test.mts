import type { IDataObject } from 'n8n-workflow';
import { beforeAll, expect, it } from 'vitest';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { useScenes } from '../support/integration/scene.mts';
import { operationSchemas, schemaFile, schemaText } from '../support/integration/schema.mts';
import { jsonText } from '../support/json-text.mts';
import {
	type ActionCall,
	type ActionScenario,
	actionScenarios,
	recordAction,
} from '../support/tables/action-scenarios.mts';
import { SOMETIMES } from '../support/tables/sometimes.mts';

/*
 * What the documents and n8n are told of each operation, as its scenarios show it: its API calls, and the fields
 * of its output. `npm run docs` writes both.
 */

useScenes();

interface Run extends ActionScenario {
	calls: ActionCall[];
	items: IDataObject[];
}

const runs: Run[] = [];

/** Each scenario has a test and so a limit of its own elsewhere. */
const TIMEOUT_MS = 600_000;
beforeAll(async () => {
	for (const scenario of actionScenarios) runs.push({ ...scenario, ...(await recordAction(scenario)) });
}, TIMEOUT_MS);

it('the noted API calls of each operation are those that it makes', async () => {
	const calls: Record<string, Record<string, string>> = {};
	for (const { resource, operation, ...run } of runs) {
		const ofResource = (calls[resource] ??= {});
		const before = ofResource[operation]?.split(', ') ?? [];
		const made = run.calls.map(({ call }) => withoutIds(call));
		ofResource[operation] = [...new Set([...before, ...made])].filter((call) => call !== TOKEN_CHECK).join(', ');
	}
	await expect(await jsonText(calls)).toMatchFileSnapshot('../support/unit/api-calls.json');
});

const operations = resources.flatMap(({ value, operations: all }) =>
	all.map((operation) => [value, operation.value] as const),
);

it.each(operations)(
	'%s: %s has a schema with the fields of its outputs, and those that it gives sometimes',
	async (resource, operation) => {
		const ofOperation = (run: Run) => run.resource === resource && run.operation === operation;
		const sometimes = SOMETIMES[`${resource}.${operation}`] ?? {};
		const outputs = [...runs.filter(ofOperation).flatMap(({ items }) => items), sometimes];
		await expect(await schemaText(outputs)).toMatchFileSnapshot(schemaFile(resource, operation));
	},
);

it('each schema, and each field that is given sometimes, belongs to an operation', () => {
	const known = operations.map((names) => names.join('.'));
	const named = [...operationSchemas(), ...Object.keys(SOMETIMES)];
	expect(named.filter((name) => !known.includes(name))).toEqual([]);
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
