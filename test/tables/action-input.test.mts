import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { callsOf, named, type NodeOutcome, outcomeOf } from '../support/integration/action-node.mts';
import {
	type ActionScenario,
	actionScenarios,
	recordActionCalls,
	runOf,
	titleOf,
	useWorlds,
} from '../support/tables/action-scenarios.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { credentialFor, useScenes } from '../support/integration/scene.mts';
import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';

useScenes();

const worlds = useWorlds();
let site: Simulator;
beforeEach(async () => void (site = await worlds.next()));

const titled = (scenarios: ActionScenario[]) => scenarios.map((scenario) => ({ title: titleOf(scenario), scenario }));
const withFields = (scenario: ActionScenario, fields: IDataObject): ActionScenario => ({
	...scenario,
	fields: { ...scenario.fields, ...fields },
});
const propertiesOf = ({ resource, operation }: ActionScenario): INodeProperties[] =>
	operationIn(resources, resource, operation)!.fields;
/** What a workflow author can add. */
const addedTo = ({ type, options = [] }: INodeProperties): INodeProperties[] =>
	type === 'collection' ? (options as INodeProperties[]) : [];
const writes = () => site.apiCalls.filter(({ method }) => method !== 'GET');

async function run(scenario: ActionScenario, credential = {}): Promise<NodeOutcome> {
	return await outcomeOf(site, runOf(scenario, { credential }));
}

/** Nobody reads more than that. */
const MAX_CHARS = 700;

function expectAdviceIn({ thrown }: NodeOutcome): Error {
	expectActionAdvice(thrown, { site, host: { credential: () => credentialFor(site) } });
	const { message, description } = thrown as Error & { description: string };
	expect(message.length).toBeLessThan(MAX_CHARS);
	expect(description.length).toBeLessThan(2 * MAX_CHARS);
	return thrown as Error;
}

const withPage = actionScenarios.filter(({ fields }) => 'page' in fields);
/** A path without a page is where it makes one. */
const needsPage = withPage.filter(({ operation }) => operation !== 'createOrUpdate');

describe.each(titled(withPage))('$title', ({ title, scenario }) => {
	it(`${title} says that there is no page with a number`, async () => {
		const outcome = await run(withFields(scenario, { page: named('id', '999') }));
		expect(expectAdviceIn(outcome).message).toMatch(/\(404\)|There is no /);
		expect(writes().filter(({ status }) => status === 200)).toEqual([]);
	});

	it(`${title} says that the user of the token may not do it`, async () => {
		for (const path of ['Guides/Setup', 'Drafted', 'Edited', 'Blank']) site.site.restrictPage(path, 'Private');
		const { message } = expectAdviceIn(await run(scenario, { longTermToken: site.readerJwt }));
		await worlds.close();
		expect(message).toMatch(/\(403\)/);
		expect(writes().filter(({ status }) => status === 200)).toEqual([]);
	});

	it.each(['Größe & 100% "sure"/a+b', "%41 %/=x (y)'s; z,#1?q=v", '日本語/😀/a:b@c'])(
		`${title} works with the page at %s`,
		async (path) => {
			const { value } = scenario.fields.page as { value: string };
			const from = site.site.pages.byId.get(Number(value))?.path ?? 'Guides/Setup';
			site.site.movePage(from, path);
			const { thrown } = await run(withFields(scenario, { page: named('path', `/${path}/`) }));
			await worlds.close();
			expect(thrown).toBeUndefined();
		},
	);
});

it.each(titled(needsPage))('$title says that there is no page at a path', async ({ scenario }) => {
	for (const missingPage of ['virtual', 'notFound'] as const) {
		site.settings.missingPage = missingPage;
		const outcome = await run(withFields(scenario, { page: named('path', 'No/Where & "so"') }));
		expect(expectAdviceIn(outcome).message).toMatch(/No\/Where|\(404\)/);
	}
	site.settings.missingPage = 'virtual';
});

/** What has something to give when nothing is entered. */
const FREE =
	/^(draft\.getMany|page\.compareWithIndex|site\.getSearchTerms|tag\.getMany|user\.getMany|webhook\.(checkHealth|getMany))$/;

it.each(titled(actionScenarios))('$title asks nobody for nothing', async ({ scenario }) => {
	const { resource, operation } = scenario;
	const outcome = await outcomeOf(site, { parameters: { resource, operation } });
	if (FREE.test(`${resource}.${operation}`)) {
		expect(outcome.thrown).toBeUndefined();
		return;
	}
	expectAdviceIn(outcome);
	expect(callsOf(site)).toEqual([]);
	const none = await outcomeOf(site, { ...runOf(scenario), input: [] });
	expect(none.items).toEqual([]);
});

/** What an expression can give where nobody has thought of it. */
const ODD_VALUES: Array<[name: string, value: unknown]> = [
	['nothing', undefined],
	['null', null],
	['an empty text', ''],
	['white space', ' \n\t '],
	['an object', { a: { b: 1 } }],
	['a list', [{}, null, 'x', ['y']]],
	['an empty list', []],
	['NaN', Number.NaN],
	['yes', true],
	['0', 0],
	['a negative number', -1],
	['a number beyond all', 1e21],
	['a broken number', '1.5'],
	['a very long text', 'Wörter & "mehr" '.repeat(7000)],
	['__proto__', '__proto__'],
	['constructor', 'constructor'],
	['an object with __proto__', JSON.parse('{"__proto__":{"id":"3","page":{"id":"3"}}}')],
	['a half character', '\ud83d'],
	['a control character', 'a\u0000b'],
	['a way up', '../../users/1'],
];

/** A field of a scenario, which may be within a collection. */
interface OddField {
	title: string;
	scenario: ActionScenario;
	name: string;
	inner?: string;
	/** Without IDs, as for tags, each text is a name. */
	isLocator: boolean;
}

/** Every field that a workflow author can fill with an expression. */
function oddFields(scenario: ActionScenario): OddField[] {
	const shown = propertiesOf(scenario).filter(({ type }) => type !== 'notice');
	return shown.flatMap((property) => {
		const { name, modes = [] } = property;
		const title = `${titleOf(scenario)} ${name}`;
		const isLocator = modes.some((mode) => mode.name === 'id');
		const inner = addedTo(property).map(
			(option): OddField => ({
				...{ title: `${title}.${option.name}`, scenario, name },
				...{ inner: option.name, isLocator: false },
			}),
		);
		return [{ title, scenario, name, isLocator }, ...inner];
	});
}

/** Each field of an operation once: in the first of its scenarios that fills it in. */
function ofEachOperation(list: OddField[]): OddField[] {
	const isFilled = ({ scenario, name }: OddField) => name in scenario.fields;
	const filledLast = list.toReversed().toSorted((a, b) => Number(isFilled(a)) - Number(isFilled(b)));
	const keyOf = ({ scenario: { resource, operation }, name, inner }: OddField) =>
		[resource, operation, name, inner].join(' ');
	// Of several with one key, a map keeps the last.
	return [...new Map(filledLast.map((each) => [keyOf(each), each])).values()];
}

function withValue({ scenario, name, inner, isLocator }: OddField, value: unknown): ActionScenario {
	const before = scenario.fields[name];
	const filled = isLocator ? named('id', value as never) : value;
	const entered = inner === undefined ? filled : { ...(before as object), [inner]: value };
	return withFields(scenario, { [name]: entered } as IDataObject);
}

it.each(ofEachOperation(actionScenarios.flatMap(oddFields)))(
	'$title: says what does not fit, whatever it holds',
	async (field) => {
		const surprises: Record<string, unknown> = {};
		for (const [name, value] of ODD_VALUES) {
			// There n8n itself repeats all of it.
			if (field.name === 'binaryPropertyName' && name === 'a very long text') continue;
			site = await worlds.next();
			const outcome = await run(withValue(field, value));
			try {
				if (outcome.thrown !== undefined) expectAdviceIn(outcome);
				else if (field.isLocator && field.name in field.scenario.fields) surprises[name] = 'it gave something';
				else expect(outcome.items!.every(({ json }) => typeof json === 'object')).toBe(true);
			} catch {
				surprises[name] = outcome.thrown;
			}
		}
		expect(surprises).toEqual({});
	},
);

/* An operation that writes, writes where it was told, and as it was told: never for want of a value. */

const writing: ActionScenario[] = [];
for (const scenario of actionScenarios) {
	const calls = await recordActionCalls(scenario);
	if (calls.some((call) => call.writes)) writing.push(scenario);
}

/** What an expression, or an AI agent, gives for an item that has no such value. */
const BLANK_TEXTS = ['', ' \n', '={{ $json.nothing }}', '={{ $json.empty }}', '={{ "" }}'];

const BLANK_THINGS: unknown[] = [
	...['path', 'id', 'url', 'list', 'name'].flatMap((mode) =>
		[...BLANK_TEXTS, '//', '={{ $json.item }}'].map((value) => named(mode, value)),
	),
	...[...BLANK_TEXTS, '={{ $json.item }}'],
];

type Row = [title: string, scenario: ActionScenario, fills: IDataObject[]];

/** A field that says at what the operation writes, or where to. */
const saysWhere = ({ modes = [], displayName }: INodeProperties): boolean =>
	modes.some(({ name }) => name === 'id') || /\b(pages|path|to|url)\b/i.test(displayName);

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
	propertiesOf(scenario).flatMap((property) =>
		[property, ...addedTo(property)]
			.filter(({ type }) => type === 'options')
			.map(({ name, displayName }): Row => {
				const others = scenario.fields[property.name] as object;
				const fills = BLANK_TEXTS.map((value) =>
					name === property.name ? { [name]: value } : { [property.name]: { ...others, [name]: value } },
				);
				return [`${titleOf(scenario)}: ${displayName}`, scenario, fills];
			}),
	),
);

it.each([...targets, ...choices])('%s is refused without a value', async (_title, ...row) => {
	const [scenario, fills] = row;
	const accepted: IDataObject[] = [];
	const [before] = scenario.input ?? [];
	const input = [{ ...before, json: { empty: '', item: { path: '' } } }];
	for (const filled of fills) {
		site = await worlds.next();
		const outcome = await run({ ...withFields(scenario, filled), input });
		if (outcome.thrown === undefined) accepted.push(filled);
		else expectAdviceIn(outcome);
		expect(writes()).toEqual([]);
	}
	expect(accepted).toEqual([]);
});

it('every operation that writes to a page, a file, a draft or a webhook is asked for its target', () => {
	const asked = new Set(targets.map(([, scenario]) => titleOf(scenario)));
	expect(writing.map(titleOf).filter((title) => !asked.has(title))).toEqual([]);
});
