import { expect, it } from 'vitest';

import {
	InputProblem,
	refuseInput,
	shortened,
} from '../../../../nodes/CxoneExpert/actions/core/input-problem.ts';

it('refuseInput throws an InputProblem with message and description', () => {
	const refused = () => refuseInput({ message: '"Path" is empty', description: 'Enter a path.' });
	expect(refused).toThrow(InputProblem);
	expect(refused).toThrow(
		expect.objectContaining({ message: '"Path" is empty', description: 'Enter a path.' }),
	);
});

it('InputProblem shortens a message that repeats a whole text', () => {
	const long = 'x'.repeat(2000);
	const { message, description } = new InputProblem({ message: long, description: long });
	expect([message, description]).toEqual([`${'x'.repeat(500)}…`, `${'x'.repeat(500)}…`]);
});

it('shortened keeps a text of 500 characters', () => {
	expect(shortened('x'.repeat(500))).toBe('x'.repeat(500));
});
