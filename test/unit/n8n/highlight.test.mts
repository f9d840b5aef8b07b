import type { IExecuteFunctions } from 'n8n-workflow';
import { beforeEach, expect, it } from 'vitest';

import { highlight } from '../../../nodes/CxoneExpert/n8n/highlight.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';

/** An n8n whose data proxy gives this. */
function n8nWith(getWorkflowDataProxy: () => unknown) {
	const warnings: string[] = [];
	const logger = { warn: (line: string) => warnings.push(line) };
	return { context: { getWorkflowDataProxy, logger } as unknown as IExecuteFunctions, warnings };
}

beforeEach(clearMemory);

it.each<[string, () => unknown]>([
	['has no such data', () => ({})],
	[
		'throws',
		() => {
			throw new Error('no proxy');
		},
	],
])('an n8n that %s runs the execution, and the log says so once', (_case, proxy) => {
	const { context, warnings } = n8nWith(proxy);
	highlight(context, { a: '1' });
	highlight(context, { a: '1' });
	expect(warnings).toEqual([expect.stringContaining('cannot be found by their delivery')]);
});
