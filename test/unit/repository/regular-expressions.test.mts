import { Linter } from 'eslint';
import { rules } from 'eslint-plugin-regexp';
import { expect, it } from 'vitest';
import { CxoneExpert } from '../../../nodes/CxoneExpert/CxoneExpert.node.ts';

/* `npm run lint` sees regular expressions in code. Here are those that n8n puts together. */

/** What n8n asks of a text in a locator: in the editor, and before it runs a workflow. */
const patterns = new Set<string>();
JSON.stringify(new CxoneExpert().description, (key, value: unknown) => {
	if (key === 'regex') patterns.add(`^${String(value)}$`);
	return value;
});

it.each([...patterns])('%s takes no more than its share of time for a long text', (pattern) => {
	// What takes everything leaves nothing to what stands behind it.
	expect(slowParts(pattern.replace(String.raw`[^]*)\s*$`, '[^]*)$'))).toEqual([]);
});

function slowParts(pattern: string): string[] {
	const plugin = { regexp: { rules } };
	const found = new Linter().verify(`new RegExp(${JSON.stringify(pattern)})`, {
		plugins: plugin,
		rules: {
			'regexp/no-super-linear-backtracking': 'error',
			'regexp/no-super-linear-move': 'error',
		},
	});
	return found.map(({ message }) => message);
}
