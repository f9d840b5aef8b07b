import { expect, it } from 'vitest';

import { jobFinding } from '../../../../nodes/CxoneExpert/actions/webhook/job-report.ts';

it.each([
	[{ type: 'IMPORT' as const }, 'An import is running at the site.'],
	[{ type: 'EXPORT' as const, completed: 3 }, 'An export is running at the site (items done: 3).'],
	[
		{ type: 'FIND_AND_REPLACE' as const, completed: 3, total: 9 },
		'A find and replace is running at the site (items done: 3 of 9).',
	],
])('the finding of a job %o says how far it is', (job, text) => {
	expect(jobFinding(job)).toBe(`${text} Expert can hold deliveries back until it is over.`);
});
