import { describe, expect, it } from 'vitest';

import { createClient, type HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { withServerTime } from '../../../nodes/CxoneExpert/api/server-time.ts';

function clocked(...responses: Array<Partial<HttpResponse>>) {
	const send = async () => ({ status: 200, headers: {}, body: '', ...responses.shift() });
	return withServerTime(createClient(send, 10_000, []));
}

const call = { method: 'GET', path: '/webhooks' } as const;
const at = (date: unknown, status = 200) => ({ status, headers: { date } });

describe('withServerTime', () => {
	it('withServerTime passes on mayHaveWritten', async () => {
		const { api } = clocked();
		expect(api.mayHaveWritten).toBe(false);
		await api.call({ method: 'POST', path: '/webhooks' });
		expect(api.mayHaveWritten).toBe(true);
	});

	it('siteTime returns the time of the first successful response', async () => {
		const { api, siteTime } = clocked(
			at('Fri, 30 Jan 2026 16:00:00 GMT', 500),
			at('Fri, 30 Jan 2026 16:59:45 GMT'),
			at('Fri, 30 Jan 2026 17:00:00 GMT'),
		);
		expect(siteTime()).toBeUndefined();
		expect(await api.call(call)).toMatchObject({ ok: false });
		expect(siteTime()).toBeUndefined();
		await api.call(call);
		await api.call(call);
		expect(siteTime()).toBe('2026-01-30T16:59:45.000Z');
	});

	it.each([undefined, '', 'yesterday', 5, ['Fri, 30 Jan 2026 16:59:45 GMT']])(
		'siteTime is undefined when the Date header is %j',
		async (date) => {
			const { api, siteTime } = clocked(at(date));
			await api.call(call);
			expect(siteTime()).toBeUndefined();
		},
	);
});
