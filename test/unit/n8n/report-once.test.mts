import { beforeEach, expect, it } from 'vitest';

import { type N8nReliance, reportOnce } from '../../../nodes/CxoneExpert/n8n/report-once.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';
import { type LogLines, n8nOf, nodeState } from '../../support/unit/delivery-context.mts';

const RELIANCES: N8nReliance[] = [
	'highlighted data',
	'raw body',
	'response',
	'record in a copy',
	'webhook response',
];

let log: LogLines;

beforeEach(() => {
	clearMemory();
	log = { info: [], warn: [], error: [] };
});

const report = (reliance: N8nReliance) => reportOnce(n8nOf(nodeState(), log), reliance);

it.each(RELIANCES)('reportOnce warns what another way of %s means, and what to look for', (one) => {
	report(one);
	expect(log).toEqual({
		info: [],
		warn: [
			expect.stringMatching(
				/^CXone Expert Trigger: this version of n8n works in another way than expected: .+\. Look for a newer version of the node\.$/,
			),
		],
		error: [],
	});
});

it('reportOnce only informs of what is known of a supported n8n, and advises nothing', () => {
	report('shows writing');
	expect(log).toEqual({
		info: [expect.stringMatching(/ it does not show when it writes an execution\..+runs once\.$/)],
		warn: [],
		error: [],
	});
});

it('reportOnce says each thing once in a process, whichever node it is', () => {
	for (const reliance of [...RELIANCES, ...RELIANCES]) report(reliance);
	report('shows writing');
	report('shows writing');
	expect(log.warn).toHaveLength(RELIANCES.length);
	expect(new Set(log.warn).size).toBe(RELIANCES.length);
	expect(log.info).toHaveLength(1);
});
