import type { ApiClient } from './client';
import { compact, numberOf } from './elements';
import { attribute, children, textOf, type XmlElement } from './xml';

/** Source: docs/vendor-facts.md#site-jobs. */
const JOB_TYPES = ['IMPORT', 'EXPORT', 'FIND_AND_REPLACE'] as const;
export type SiteJobType = (typeof JOB_TYPES)[number];

/** Statuses of a job that has not ended; the others are `COMPLETED` and `CANCELLED`. */
const STATUSES = ['SUBMITTED', 'IN_PROGRESS'] as const;

export interface SiteJob {
	type: SiteJobType;
	status: (typeof STATUSES)[number];
	/** Items; absent until the job has begun. */
	completed?: number;
	total?: number;
}

/** Limits the wait, because callers can do without the jobs. */
const JOBS_TIMEOUT_MS = 5_000;

/** GET /site/jobs: the imports, exports and replacements that have not ended. */
export async function runningJobs(api: ApiClient): Promise<SiteJob[]> {
	const { document } = await api.call({
		method: 'GET',
		path: '/site/jobs',
		doing: 'list the jobs of the site',
		timeoutMs: JOBS_TIMEOUT_MS,
	});
	return children(document?.root, 'job').flatMap((job) => running(job) ?? []);
}

function running(job: XmlElement): SiteJob | undefined {
	const type = JOB_TYPES.find((known) => known === attribute(job, 'type'));
	const status = STATUSES.find((known) => known === attribute(job, 'status'));
	const completed = numberOf(textOf(job, 'completeditems'));
	const total = numberOf(textOf(job, 'totalitems'));
	// A job that has just begun has done 0 of 0.
	const isThrough = completed === total && (total ?? 0) > 0;
	if (type === undefined || status === undefined || isThrough) return undefined;
	return { type, status, ...compact({ completed, total }) };
}
