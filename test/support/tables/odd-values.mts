import type { INodeProperties } from 'n8n-workflow';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import type { ActionScenario } from './action-scenarios.mts';

/** What an expression can give where nobody has thought of it. */
export const ODD_VALUES: Array<[name: string, value: unknown]> = [
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
export interface OddField {
	field: string;
	isLocator: boolean;
}

/** Every field that a workflow author can fill with an expression. */
export function oddFields({ resource, operation }: ActionScenario): OddField[] {
	const operations = resources.find(({ value }) => value === resource)!.operations;
	const { fields } = operations.find(({ value }) => value === operation)!;
	return fields.filter(({ type }) => type !== 'notice').flatMap(namesOf);
}

function namesOf({ name, type, options = [] }: INodeProperties): OddField[] {
	const own = { field: name, isLocator: type === 'resourceLocator' };
	if (type !== 'collection') return [own];
	const inner = options.map((option) => ({ field: `${name}.${option.name}`, isLocator: false }));
	return [own, ...inner];
}

/** The scenario with this value in one of its fields. */
export function withValue(
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
