import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import {
	callsOf,
	named,
	type NodeOutcome,
	outcomeOf,
	outputOf,
} from '../support/integration/action-node.mts';
import {
	type ActionScenario,
	actionScenarios,
	runOf,
	titleOf,
	Worlds,
} from '../support/tables/action-scenarios.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { credentialFor, useScenes } from '../support/integration/scene.mts';
import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';

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

/** A field of a scenario, as `name` or `collection.name`. */
interface OddField {
	field: string;
	isLocator: boolean;
}

/** Every field that a workflow author can fill with an expression. */
function oddFields({ resource, operation }: ActionScenario): OddField[] {
	const operations = resources.find(({ value }) => value === resource)!.operations;
	const { fields } = operations.find(({ value }) => value === operation)!;
	return fields.filter(({ type }) => type !== 'notice').flatMap(namesOf);
}

function namesOf({ name, type, options = [], modes = [] }: INodeProperties): OddField[] {
	// Without IDs, as for tags, each text is a name.
	const own = { field: name, isLocator: modes.some((mode) => mode.name === 'id') };
	if (type !== 'collection') return [own];
	const inner = options.map((option) => ({ field: `${name}.${option.name}`, isLocator: false }));
	return [own, ...inner];
}

/** The scenario with this value in one of its fields. */
function withValue(
	scenario: ActionScenario,
	{ field, isLocator }: OddField,
	value: unknown,
): ActionScenario {
	const [name, inner] = field.split('.') as [string, string?];
	const before = scenario.fields[name];
	const filled = isLocator ? { __rl: true, mode: 'id', value } : value;
	const entered = inner === undefined ? filled : { ...(before as object), [inner]: value };
	return { ...scenario, fields: { ...scenario.fields, [name]: entered } as never };
}

useScenes();

const worlds = new Worlds();
let site: Simulator;
beforeEach(async () => void (site = await worlds.next()));
afterAll(async () => await worlds.close());

const titled = (scenarios: ActionScenario[]) =>
	scenarios.map((scenario) => ({ title: titleOf(scenario), scenario }));
const withPage = actionScenarios.filter(({ fields }) => 'page' in fields);
/** A path without a page is where it makes one. */
const needsPage = withPage.filter(({ operation }) => operation !== 'createOrUpdate');

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

const writes = () => site.apiCalls.filter(({ method }) => method !== 'GET');

describe.each(titled(withPage))('$title', ({ title, scenario }) => {
	const at = (page: object) => ({
		...scenario,
		fields: { ...scenario.fields, page } as IDataObject,
	});

	it(`${title} says that there is no page with a number`, async () => {
		const { message } = expectAdviceIn(await run(at(named('id', '999'))));
		expect(message).toMatch(/\(404\)|There is no /);
		expect(writes().filter(({ status }) => status === 200)).toEqual([]);
	});

	it(`${title} says that the user of the token may not do it`, async () => {
		site.site.restrictPage('Guides/Setup', 'Private');
		site.site.restrictPage('Drafted', 'Private');
		site.site.restrictPage('Edited', 'Private');
		site.site.restrictPage('Blank', 'Private');
		const credential = { longTermToken: site.readerJwt };
		const { message } = expectAdviceIn(await run(scenario, credential));
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
			const { thrown } = await run(at(named('path', `/${path}/`)));
			await worlds.close();
			expect(thrown).toBeUndefined();
		},
	);
});

it.each(titled(needsPage))('$title says that there is no page at a path', async ({ scenario }) => {
	for (const missingPage of ['virtual', 'notFound'] as const) {
		site.settings.missingPage = missingPage;
		const page = named('path', 'No/Where & "so"');
		const { message } = expectAdviceIn(
			await run({ ...scenario, fields: { ...scenario.fields, page } }),
		);
		expect(message).toMatch(/No\/Where|\(404\)/);
	}
	site.settings.missingPage = 'virtual';
});

/** What has something to give when nothing is entered. */
const FREE =
	/^(draft\.getMany|site\.getSearchTerms|tag\.getMany|user\.getMany|webhook\.(checkHealth|getMany))$/;

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

interface FieldOf {
	title: string;
	scenario: ActionScenario;
	field: OddField;
}

/** Each field of an operation once: in the first of its scenarios that fills it in. */
function ofEachOperation(list: FieldOf[]): FieldOf[] {
	const isFilled = ({ scenario, field }: FieldOf) => field.field.split('.')[0]! in scenario.fields;
	const filledFirst = list.toSorted((a, b) => Number(isFilled(b)) - Number(isFilled(a)));
	const byField = new Map<string, FieldOf>();
	for (const each of filledFirst) {
		const key = `${each.scenario.resource}.${each.scenario.operation} ${each.field.field}`;
		if (!byField.has(key)) byField.set(key, each);
	}
	return [...byField.values()];
}

const fieldsOf = (scenario: ActionScenario): FieldOf[] =>
	oddFields(scenario).map((field) => ({
		...{ title: `${titleOf(scenario)} ${field.field}`, scenario, field },
	}));

const fields = ofEachOperation(actionScenarios.flatMap(fieldsOf));

it.each(fields)(
	'$title: says what does not fit, whatever it holds',
	async ({ scenario, field }) => {
		const surprises: Record<string, unknown> = {};
		for (const [name, value] of ODD_VALUES) {
			// There n8n itself repeats all of it.
			if (field.field === 'binaryPropertyName' && name === 'a very long text') continue;
			site = await worlds.next();
			const outcome = await run(withValue(scenario, field, value));
			try {
				if (outcome.thrown !== undefined) expectAdviceIn(outcome);
				else if (field.isLocator && !isUnused(scenario, field.field))
					surprises[name] = 'it gave something';
				else expect(outcome.items!.every(({ json }) => typeof json === 'object')).toBe(true);
			} catch {
				const { message, description } = outcome.thrown as Error & { description?: string };
				surprises[name] = {
					message: message?.slice(0, 300),
					description: description?.slice(0, 300),
				};
			}
		}
		expect(surprises).toEqual({});
	},
);

/** Switches, also among the options. */
const allSwitches = actionScenarios.flatMap((scenario) => {
	const { resource, operation } = scenario;
	const { fields: own } = operationIn(resources, resource, operation)!;
	const all = own.flatMap((field) => [field, ...addedTo(field)]);
	const shown = all.filter((each) => each.type === 'boolean' && isShown(each, scenario));
	const names = shown.map(({ name }) => name);
	return fieldsOf(scenario).filter(({ field }) => names.includes(field.field.split('.').at(-1)!));
});
const switches = ofEachOperation(allSwitches);

/** With what is entered in the fields beside the options. */
function isShown(
	{ displayOptions }: INodeProperties,
	{ fields: entered }: ActionScenario,
): boolean {
	const wanted = Object.entries(displayOptions?.show ?? {});
	return wanted.every(([name, values]) => values?.includes(entered[name.slice(1)] as never));
}

function addedTo({ type, options = [] }: INodeProperties): INodeProperties[] {
	return type === 'collection' ? (options as INodeProperties[]) : [];
}

it.each(switches)(
	'$title: takes true and false as texts, and refuses any other text',
	async ({ scenario, field }) => {
		const callsWith = async (value: unknown) => {
			site = await worlds.next();
			const { thrown } = await run(withValue(scenario, field, value));
			expect(thrown).toBeUndefined();
			return callsOf(site).map(({ method, path, query }) => ({ method, path, query }));
		};
		expect(await callsWith(' True')).toEqual(await callsWith(true));
		expect(await callsWith('FALSE')).toEqual(await callsWith(false));
		site = await worlds.next();
		const { message } = expectAdviceIn(await run(withValue(scenario, field, 'yes')));
		expect(message).toMatch(/^'.+' is neither true nor false$/);
		expect(writes()).toEqual([]);
	},
);

it('there are switches to try', () => expect(switches.length).toBeGreaterThan(30));

/** A field that this scenario does not show. */
function isUnused({ fields: entered }: ActionScenario, field: string): boolean {
	return !(field in entered);
}

it('Draft: Create or Update saves three megabytes, and Draft: Get Contents returns them', async () => {
	const html = '<p>größer &amp; größer</p>'.repeat(120_000);
	const page = named('path', 'Drafted');
	const save = { resource: 'draft', operation: 'createOrUpdate', page, contents: html };
	await outputOf(site, { parameters: save });
	const get = { resource: 'draft', operation: 'getContents', page };
	const [draft] = await outputOf(site, { parameters: get });
	expect(draft!.contents === html).toBe(true);
});
