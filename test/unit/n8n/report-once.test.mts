import { beforeEach, expect, it } from 'vitest';

import { type N8nReliance, reportOnce } from '../../../nodes/CxoneExpert/n8n/report-once.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
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

it('reportOnce warns once in a process, whichever node it is, what another way of each means', () => {
	for (const reliance of [...RELIANCES, ...RELIANCES]) report(reliance);
	const says =
		/^CXone Expert Trigger: this version of n8n works in another way than expected: .+\. Look for a newer version of the node\.$/;
	expect(log).toEqual({
		info: [],
		warn: RELIANCES.map((): unknown => expect.stringMatching(says)),
		error: [],
	});
	expect(new Set(log.warn).size).toBe(RELIANCES.length);
});
