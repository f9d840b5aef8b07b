import { describe, expect, it } from 'vitest';

import { ExpertClient } from '../../../../../nodes/CxoneExpert/api/client.ts';
import { runningJobs } from '../../../../../nodes/CxoneExpert/actions/webhook/health/site-jobs.ts';

/** The jobs of a site that responds with this. */
async function jobsIn(body: string, status = 200) {
	const timeouts: number[] = [];
	const send = async (_call: unknown, timeoutMs: number) => {
		timeouts.push(timeoutMs);
		return { status, headers: { 'content-type': 'application/xml' }, body };
	};
	const jobs = await runningJobs(new ExpertClient(send, []));
	return { jobs, timeouts };
}

const RUNNING = { type: 'IMPORT', completed: 3, total: 10 };

describe('runningJobs', () => {
	it.each([
		['attributes', '<job type="IMPORT" status="RUNNING" completeditems="3" totalitems="10"/>'],
		[
			'elements',
			'<job><type>import</type><status>Running</status><completeditems>3</completeditems><totalitems>10</totalitems></job>',
		],
		[
			'an unknown status',
			'<job type="IMPORT" status="Queued" completeditems="3" totalitems="10"/>',
		],
		['no status', '<job type="IMPORT" completeditems="3" totalitems="10"/>'],
	])('a job that says itself in %s is read', async (_case, job) => {
		const { jobs } = await jobsIn(`<jobs>${job}</jobs>`);
		expect(jobs).toEqual([RUNNING]);
	});

	it('a job without numbers runs by its status', async () => {
		const { jobs } = await jobsIn('<jobs><job type="EXPORT" status="RUNNING"/></jobs>');
		expect(jobs).toEqual([{ type: 'EXPORT' }]);
	});

	it.each([
		['has ended by its status', '<job type="IMPORT" status="Completed"/>'],
		['has failed', '<job type="IMPORT" status="FAILED" completeditems="3" totalitems="10"/>'],
		['has done all its items', '<job type="IMPORT" completeditems="10" totalitems="10"/>'],
		['is of a type that nobody knows', '<job type="REINDEX" status="RUNNING"/>'],
		['says nothing', '<job/>'],
	])('a job that %s does not run', async (_case, job) => {
		const { jobs } = await jobsIn(`<jobs>${job}</jobs>`);
		expect(jobs).toEqual([]);
	});

	it.each([
		['an empty body', ''],
		['no job', '<jobs/>'],
		['something else', '<status>ok</status>'],
	])('a response with %s has no job', async (_case, body) => {
		expect((await jobsIn(body)).jobs).toEqual([]);
	});

	it('a refusal is thrown', async () => {
		await expect(jobsIn('<error/>', 403)).rejects.toMatchObject({ status: 403 });
	});

	it('the site gets five seconds, also from a client that waits longer', async () => {
		expect((await jobsIn('<jobs/>')).timeouts).toEqual([5_000]);
	});
});
