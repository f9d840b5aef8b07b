import { beforeEach, expect, it } from 'vitest';

import { type N8nReliance, reportOnce } from '../../../nodes/CxoneExpert/n8n/report-once.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { n8nOf } from '../../support/unit/n8n-of.mts';

const RELIANCES: N8nReliance[] = ['highlighted data', 'raw body', 'response', 'record in a copy', 'webhook response'];

beforeEach(clearMemory);

it('reportOnce warns once in a process, whichever node it is, what another way of each means', () => {
	const warnings: string[] = [];
	for (const reliance of [...RELIANCES, ...RELIANCES])
		reportOnce(n8nOf({ warn: (line) => void warnings.push(line) }), reliance);
	const says =
		/^CXone Expert Trigger: this version of n8n works in another way than expected: .+\. Look for a newer version of the node\.$/;
	expect(warnings).toEqual(RELIANCES.map((): unknown => expect.stringMatching(says)));
	expect(new Set(warnings).size).toBe(RELIANCES.length);
});
