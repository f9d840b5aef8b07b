import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { outcomeOf } from '../support/integration/action-node.mts';
import { useScenes } from '../support/integration/scene.mts';
import {
	type ActionScenario,
	actionScenarios,
	openWorld,
	runOf,
	titleOf,
} from '../support/tables/action-scenarios.mts';

useScenes();

/** Every option that a workflow author can add to a scenario that has not got it. */
const options = actionScenarios.flatMap((scenario) =>
	operationIn(resources, scenario.resource, scenario.operation)!
		.fields.filter(({ type }) => type === 'collection')
		.flatMap((collection) => missingIn(scenario, collection)),
);

function missingIn(scenario: ActionScenario, { name, options: inner }: INodeProperties) {
	const chosen = (scenario.fields[name] ?? {}) as IDataObject;
	return ((inner ?? []) as INodeProperties[])
		.filter((option) => !(option.name in chosen))
		.map((option) => ({
			title: `${titleOf(scenario)}: ${option.displayName}`,
			scenario,
			// What n8n puts into the node when the option is added.
			added: { [name]: { ...chosen, [option.name]: option.default } },
		}));
}

/** What the operation asks of the site; IDs, secrets and the times in etags are those of a new world. */
async function callsOf(scenario: ActionScenario, added: IDataObject = {}) {
	const site = await openWorld();
	const fields = { ...scenario.fields, ...added } as IDataObject;
	const { thrown } = await outcomeOf(site, runOf({ ...scenario, fields }));
	expect(thrown).toBeUndefined();
	return site.apiCalls.map(({ method, path, query, body }) => ({
		method,
		path,
		query,
		body: String(body)
			.replaceAll(site.url, '')
			.replaceAll(/(?<=etag="[^"]*_ts)[^"]+/g, ''),
	}));
}

/** An expression for it that gives nothing must not overwrite a page. */
const SAYS_SOMETHING = /^(page|draft)\.(createOrUpdate|publish|deactivate|revert)\b.*: Edit Time$/;

it.each(options.filter(({ title }) => !SAYS_SOMETHING.test(title)))(
	'$title does nothing until it is changed',
	async ({ scenario, added }) => {
		expect(await callsOf(scenario, added)).toEqual(await callsOf(scenario));
	},
);

const simplified = actionScenarios
	.filter(({ resource, operation }) =>
		operationIn(resources, resource, operation)!.fields.some(({ name }) => name === 'simplify'),
	)
	.map((scenario) => ({ title: titleOf(scenario), scenario }));

/** Names that only elements and attributes of the API have: `@id`, `date.created`, `webhook-url`. */
async function apiNamesIn(scenario: ActionScenario, raw: boolean): Promise<string[]> {
	const { items, thrown } = await outcomeOf(await openWorld(), runOf(scenario, { raw }));
	expect(thrown).toBeUndefined();
	return items!.flatMap(({ json }) => Object.keys(json)).filter((name) => /^@|[.-]/.test(name));
}

it.each(simplified)('$title gives the response as it is only without Simplify', async (row) => {
	expect(await apiNamesIn(row.scenario, false)).toEqual([]);
	expect(await apiNamesIn(row.scenario, true)).not.toEqual([]);
});
