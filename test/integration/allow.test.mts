import { expect, it } from 'vitest';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { outputOf } from '../support/integration/action-node.mts';
import { useScenes } from '../support/integration/scene.mts';
import {
	type ActionScenario,
	actionScenarios,
	openWorld,
	runOf,
	titleOf,
} from '../support/tables/action-scenarios.mts';

useScenes();

/** What `allow` has in each call, with everything chosen that the operation offers. */
const SENT: Record<string, Record<string, string>> = {
	'archivedPage.restore': { 'POST restore': 'deleteredirects,idferrors' },
	'draft.createOrUpdate': { 'POST contents': 'idferrors' },
	'draft.createOrUpdate (of a new page)': {
		...{ 'POST create': 'deleteredirects', 'POST contents': 'idferrors' },
	},
	'draft.publish': { 'POST publish': 'missingtemplatereference,idferrors' },
	'draft.replaceText': { 'POST contents': 'idferrors' },
	'file.upload': { 'PUT new%2520manual.txt': 'deleteredirects' },
	'page.addTags': { 'PUT tags': 'idferrors' },
	'page.copy': { 'POST copy': 'deleteredirects,idferrors' },
	'page.createOrUpdate (with an article type)': {
		...{ 'POST contents': 'deleteredirects,idferrors', 'PUT tags': 'idferrors' },
	},
	'page.move': { 'POST move': 'deleteredirects,idferrors' },
	'page.removeTags': { 'PUT tags': 'idferrors' },
	'page.replaceTags': { 'PUT tags': 'idferrors' },
	'page.replaceText': { 'POST contents': 'deleteredirects,idferrors' },
	'page.revert': { 'POST revert': 'missingtemplatereference' },
};

interface Option {
	name: string;
	options?: Array<{ value: string }>;
}

function offeredBy({ resource, operation }: ActionScenario): string[] {
	const { operations } = resources.find(({ value }) => value === resource)!;
	const { fields } = operations.find(({ value }) => value === operation)!;
	const options = (fields.find(({ name }) => name === 'options')?.options ?? []) as Option[];
	return options.find(({ name }) => name === 'allow')?.options?.map(({ value }) => value) ?? [];
}

const offering = actionScenarios.filter((scenario) => offeredBy(scenario).length > 0);

it('Allow is tried with each operation that offers it', () => {
	const names = (titles: string[]) => [...new Set(titles.map((each) => each.split(' ')[0]))];
	expect(names(offering.map(titleOf)).toSorted()).toEqual(names(Object.keys(SENT)).toSorted());
});

it.each(Object.entries(SENT))('%s allows in each call what that call accepts', async (title, sent) => {
	const site = await openWorld();
	const scenario = offering.find((each) => titleOf(each) === title)!;
	const options = { ...(scenario.fields.options as object), allow: offeredBy(scenario) };
	await outputOf(site, runOf({ ...scenario, fields: { ...scenario.fields, options } }));
	const allowed = site.apiCalls.flatMap(({ method, path, query }) =>
		query.allow === undefined ? [] : [[`${method} ${path.split('/').at(-1)}`, query.allow]],
	);
	expect(Object.fromEntries(allowed)).toEqual(sent);
});
