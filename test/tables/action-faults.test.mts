import { expect, it } from 'vitest';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { outcomeOf } from '../support/integration/action-node.mts';
import { useScenes } from '../support/integration/scene.mts';
import { actionFaultTable } from '../support/tables/action-fault-table.mts';
import { actionScenarios, openWorld, WITHOUT_CALLS } from '../support/tables/action-scenarios.mts';

useScenes();

it('the tables of faults cover every operation of the node', () => {
	const all = resources.flatMap(({ value, operations }) =>
		operations.map((operation) => `${value}.${operation.value}`),
	);
	const tried = actionScenarios.map(({ resource, operation }) => `${resource}.${operation}`);
	const named = [...tried, ...Object.keys(WITHOUT_CALLS)];
	expect([...new Set(named)].toSorted()).toEqual(all.toSorted());
});

it.each(Object.entries(WITHOUT_CALLS))('%s makes no API call: %s', async (name) => {
	const site = await openWorld();
	const [resource, operation] = name.split('.');
	const input = [{ json: { change: 'created', id: '3', revision: 1 } }];
	await outcomeOf(site, { parameters: { resource, operation }, input });
	expect(site.apiCalls).toEqual([]);
});

await actionFaultTable();
