import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { afterAll, beforeEach, expect, it } from 'vitest';

import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { type NodeOutcome, outcomeOf } from '../support/integration/action-node.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { credentialFor, useScenes } from '../support/integration/scene.mts';
import type { Simulator } from '../support/simulator/index.mts';
import {
	type ActionScenario,
	actionScenarios,
	recordActionCalls,
	runOf,
	titleOf,
	Worlds,
} from '../support/tables/action-scenarios.mts';

/* An operation that writes, writes where it was told, and as it was told: never for want of a value. */

useScenes();

const worlds = new Worlds();
let site: Simulator;
beforeEach(async () => void (site = await worlds.next()));
afterAll(async () => await worlds.close());

const writing: ActionScenario[] = [];
for (const scenario of actionScenarios) {
	const calls = await recordActionCalls(scenario);
	if (calls.some(({ writes }) => writes)) writing.push(scenario);
}

/** What an expression, or an AI agent, gives for an item that has no such value. */
const BLANK_TEXTS = ['', ' \n', '={{ $json.nothing }}', '={{ $json.empty }}', '={{ "" }}'];
const input = [{ json: { empty: '', item: { path: '' } } }];

const BLANK_THINGS: unknown[] = [
	...['path', 'id', 'url', 'list', 'name'].flatMap((mode) =>
		[...BLANK_TEXTS, '//', '={{ $json.item }}'].map((value) => ({ __rl: true, mode, value })),
	),
	...[...BLANK_TEXTS, '={{ $json.item }}'],
];

/** A field that says at what the operation writes, or where to. */
const saysWhere = ({ modes = [], displayName }: INodeProperties): boolean =>
	modes.some(({ name }) => name === 'id') || /\b(pages|path|to|url)\b/i.test(displayName);

const propertiesOf = ({ resource, operation }: ActionScenario): INodeProperties[] =>
	operationIn(resources, resource, operation)!.fields;

type Row = [title: string, scenario: ActionScenario, fills: IDataObject[]];

const targets = writing.flatMap((scenario) =>
	propertiesOf(scenario)
		.filter((property) => saysWhere(property) && property.name in scenario.fields)
		.map(({ name, displayName, type }): Row => {
			const blanks = type === 'resourceLocator' ? BLANK_THINGS : [...BLANK_TEXTS, '/', '//'];
			const fills = blanks.map((value) => ({ [name]: value }) as IDataObject);
			return [`${titleOf(scenario)}: ${displayName}`, scenario, fills];
		}),
);

const choices = writing.flatMap((scenario) =>
	propertiesOf(scenario).flatMap((property) => [
		...(property.type === 'options' ? [rowOf(scenario, property, (filled) => filled)] : []),
		...addedChoices(property).map((option) =>
			rowOf(scenario, option, (filled) => {
				const others = scenario.fields[property.name] as object;
				return { [property.name]: { ...others, ...filled } };
			}),
		),
	]),
);

/** Options that a workflow author can add, and that are a choice. */
function addedChoices({ type, options = [] }: INodeProperties): INodeProperties[] {
	const added = type === 'collection' ? (options as INodeProperties[]) : [];
	return added.filter((option) => option.type === 'options');
}

function rowOf(
	scenario: ActionScenario,
	{ name, displayName }: INodeProperties,
	within: (filled: IDataObject) => IDataObject,
): Row {
	const fills = BLANK_TEXTS.map((value) => within({ [name]: value }));
	return [`${titleOf(scenario)}: ${displayName}`, scenario, fills];
}

async function run({ fields, ...scenario }: ActionScenario, filled: IDataObject) {
	const binary = scenario.input?.[0]?.binary;
	const withItem = { ...scenario, input: binary ? [{ ...input[0]!, binary }] : input };
	return await outcomeOf(site, runOf({ ...withItem, fields: { ...fields, ...filled } }));
}

function expectRefusal({ thrown }: NodeOutcome): void {
	expectActionAdvice(thrown, { site, host: { credential: () => credentialFor(site) } });
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
}

/** What was not refused, as it was entered. */
async function acceptedOf(scenario: ActionScenario, fills: IDataObject[]): Promise<IDataObject[]> {
	const accepted: IDataObject[] = [];
	for (const filled of fills) {
		site = await worlds.next();
		const outcome = await run(scenario, filled);
		if (outcome.thrown === undefined) accepted.push(filled);
		else expectRefusal(outcome);
	}
	return accepted;
}

it.each(targets)('%s is refused without a value', async (_title, scenario, fills) => {
	expect(await acceptedOf(scenario, fills)).toEqual([]);
});

it.each(choices)('%s is refused where nothing is chosen', async (_title, scenario, fills) => {
	expect(await acceptedOf(scenario, fills)).toEqual([]);
});

it('every operation that writes to a page, a file, a draft or a webhook is asked for its target', () => {
	const asked = new Set(targets.map(([, scenario]) => titleOf(scenario)));
	const others = writing.map(titleOf).filter((title) => !asked.has(title));
	expect(others).toEqual([]);
});
