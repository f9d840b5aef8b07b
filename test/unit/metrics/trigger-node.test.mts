import { afterEach, expect, it } from 'vitest';

import { nameOfServed, notePublished, triggerAt } from '../../../nodes/CxoneExpert/metrics/trigger-node.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';

afterEach(clearMemory);

const URL = 'https://n8n.example.com/webhook/a/webhook';

it('a webhook whose trigger this process has not met has no names', () => {
	expect([triggerAt(URL), triggerAt('no address'), nameOfServed(URL)]).toEqual([undefined, undefined, undefined]);
	notePublished(URL);
	expect(nameOfServed(URL)).toBe('');
});
