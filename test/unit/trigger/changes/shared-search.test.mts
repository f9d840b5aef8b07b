import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

import type { ApiResponse } from '../../../../nodes/CxoneExpert/api/client.ts';
import { joinOrStartSearch, withSharedReads } from '../../../../nodes/CxoneExpert/trigger/changes/shared-search.ts';

const CALL = { method: 'GET', path: '/pages/1/revisions', doing: 'list the revisions' } as const;

it('a node waits for what another one reads no longer than it has time', async () => {
	const search = joinOrStartSearch('token', 'patient', 0);
	joinOrStartSearch('token', 'hurried', 0);
	const reading = sleep(500, {} as ApiResponse);
	const patient = withSharedReads(search, () => ({ call: async () => await reading, end: Infinity }));
	const read = patient.call(CALL);
	const outOfTime = new Error('out of time');
	const end = performance.now() + 20;
	const hurried = withSharedReads(search, () => ({ call: async () => await Promise.reject(outOfTime), end }));
	await expect(hurried.call(CALL)).rejects.toBe(outOfTime);
	await expect(read).resolves.toBeDefined();
});
