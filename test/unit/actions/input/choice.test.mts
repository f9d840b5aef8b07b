import { describe, expect, it } from 'vitest';

import { InputProblem } from '../../../../nodes/CxoneExpert/actions/core/input-problem.ts';
import { choice } from '../../../../nodes/CxoneExpert/actions/input/choice.ts';

const MODES = [
	{ name: 'View', value: 'view' },
	{ name: 'Edit', value: 'edit', description: 'As the editor has it' },
	{ name: 'Seven', value: '7' },
];
const chosen = (entered: unknown) => choice('Mode', entered, MODES);

describe('choice', () => {
	it.each([
		['edit', 'edit'],
		[' edit\n', 'edit'],
		[7, '7'],
	])('choice of %j is "%s"', (entered, value) => {
		expect(chosen(entered)).toBe(value);
	});

	it.each([undefined, null, ''])(
		'choice of nothing is the one that is named for it: %j',
		(entered) => {
			expect(choice('Mode', entered, MODES, 'view')).toBe('view');
		},
	);

	it.each([undefined, null, '', ' '])('choice of nothing is refused otherwise: %j', (entered) => {
		expect(() => chosen(entered)).toThrow('"Mode" is empty');
	});

	it.each(['print', 'Edit', 'constructor', ' ', {}, [], ['edit'], true, NaN])(
		'choice refuses %j, which the site would treat as if nothing had been asked for',
		(entered) => {
			expect(() => chosen(entered)).toThrow(InputProblem);
		},
	);

	it('choice says what was entered, in which field, and what can be chosen', () => {
		expect(() => chosen('print')).toThrow(
			expect.objectContaining({
				message: '"print" is not a choice for "Mode"',
				description:
					'Choose one from the list, or let the expression give one of these: view, edit, 7.',
			}),
		);
	});

	it('choice shows the beginning of a long text', () => {
		expect(() => chosen('x'.repeat(101))).toThrow(
			expect.objectContaining({ message: `"${'x'.repeat(100)}" is not a choice for "Mode"` }),
		);
	});
});
