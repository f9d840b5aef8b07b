import { describe, expect, it } from 'vitest';

import { highlight, MAX_HIGHLIGHT_CHARS } from '../../nodes/CxoneExpert/n8n/highlight.ts';
import { inExecution } from '../support/contract/execute-context.mts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

/** By which an execution is found. What n8n saves of it is covered end to end. */
describe.each(versions)('highlighted data in n8n %s', (version) => {
	/** What n8n keeps of what a node highlights. */
	const kept = async (...all: Array<Record<string, string>>) =>
		await inExecution(n8nCode(version), {}, (context, result) => {
			for (const data of all) highlight(context, data);
			return result.metadata;
		});

	it(`n8n ${version} keeps a value of ${MAX_HIGHLIGHT_CHARS} characters whole`, async () => {
		const value = 'x'.repeat(MAX_HIGHLIGHT_CHARS);
		expect(await kept({ value })).toEqual({ value });
	});

	it(`n8n ${version} keeps ten names and drops the rest without a word`, async () => {
		const data = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, 'v']));
		expect(Object.keys((await kept(data)) ?? {})).toHaveLength(10);
	});
});
