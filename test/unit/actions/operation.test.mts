import type { IExecuteFunctions } from 'n8n-workflow';
import { expect, expectTypeOf, it } from 'vitest';

import {
	choiceField,
	flagField,
	optionsField,
	textField,
} from '../../../nodes/CxoneExpert/actions/field.ts';
import { defineOperation, OperationContext } from '../../../nodes/CxoneExpert/actions/operation.ts';
import { outputs, results } from '../../../nodes/CxoneExpert/actions/results.ts';
import type { ExpertSite } from '../../../nodes/CxoneExpert/actions/site.ts';

const path = textField({ displayName: 'Path', name: 'to' });
const force = flagField({ displayName: 'Force', name: 'force' });
const mode = choiceField({
	displayName: 'Mode',
	name: 'mode',
	options: [
		{ name: 'View', value: 'view' },
		{ name: 'Edit', value: 'edit' },
	],
});
const options = optionsField({ mode, force });

const labels = { value: 'x', name: 'X', action: 'X it', description: 'Does X' };

/** A run in an n8n that has these parameters, and nothing for others. */
function runWith(parameters: Record<string, unknown>, asked: string[] = []): OperationContext {
	const n8n = {
		getNodeParameter: (name: string, _item: number, fallback: unknown) => {
			asked.push(name);
			return name in parameters ? parameters[name] : fallback;
		},
	} as unknown as IExecuteFunctions;
	return new OperationContext(n8n, {} as ExpertSite, 0);
}

it('defineOperation gives n8n the properties of its fields, in their order', () => {
	const { fields } = defineOperation({
		...labels,
		fields: { path, force, options },
		run: async () => [],
	});
	expect(fields).toEqual([path.property, force.property, options.property]);
});

it('an operation is given the values of its fields, with the types of their kinds', async () => {
	const operation = defineOperation({
		...labels,
		fields: { path, options },
		async run(_run, values) {
			const chosen = values.options;
			expectTypeOf(values.path).toEqualTypeOf<string>();
			expectTypeOf(chosen).toEqualTypeOf<{ mode: 'view' | 'edit'; force: boolean }>();
			// @ts-expect-error: the operation declares no such field
			expect(values.pathh).toBeUndefined();
			// @ts-expect-error: no such option
			expect(chosen.modes).toBeUndefined();
			return outputs([{ path: values.path, ...chosen }]);
		},
	});
	const run = runWith({ to: ' A/B ', options: { mode: 'edit' } });
	expect(await operation.run(run)).toEqual([{ json: { path: 'A/B', mode: 'edit', force: false } }]);
});

it('an operation reads from n8n what it asks for, and no other field', async () => {
	const asked: string[] = [];
	const operation = defineOperation({
		...labels,
		fields: { path, options },
		async run(_run, { options: { mode: chosen, force: isForced } }) {
			return outputs([{ chosen, isForced }]);
		},
	});
	await operation.run(runWith({ options: {} }, asked));
	expect(asked).toEqual(['options']);
});

it('OperationContext reads a field that n8n does not show as empty', () => {
	const run = runWith({});
	expect(run.read(path)).toBe('');
	expect(run.read(options)).toEqual({ mode: 'view', force: false });
});

it('results simplifies elements only when told to', () => {
	const elements = [{ '@id': '1' }, { '@id': '2' }];
	const toItem = (element: Record<string, unknown>) => ({ id: String(element['@id']) });
	expect(results(elements, true, toItem)).toEqual([{ json: { id: '1' } }, { json: { id: '2' } }]);
	expect(results(elements, false, toItem)).toEqual(elements.map((json) => ({ json })));
});
