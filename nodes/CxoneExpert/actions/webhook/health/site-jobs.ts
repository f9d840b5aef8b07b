import type { ApiClient } from '../../../api/client';
import { numberOf } from '../../../api/elements';
import { attribute, child, children, textOf, type XmlElement } from '../../../api/xml';

/** The long tasks that the API names. Source: docs/vendor-facts.md#site-jobs. */
const JOB_TYPES = ['IMPORT', 'EXPORT', 'FIND_AND_REPLACE'] as const;
export type SiteJobType = (typeof JOB_TYPES)[number];

export interface SiteJob {
	type: SiteJobType;
	/** Items; absent where the site does not say. */
	completed?: number;
	total?: number;
}

/** Nobody shall wait for a nicety. */
const TIMEOUT_MS = 5_000;

/** Statuses of what has ended. The vendor names none; all else counts as running. */
const ENDED = /^(complete|success|succeed|fail|cancel|abort|done|finish|error|stop|end)/i;

/** GET /site/jobs: the imports, exports and replacements that run at the moment. */
export async function runningJobs(api: ApiClient): Promise<SiteJob[]> {
	const { document } = await api.call({
		method: 'GET',
		path: '/site/jobs',
		doing: 'list the jobs of the site',
		timeoutMs: TIMEOUT_MS,
	});
	return children(document?.root, 'job').flatMap((job) => running(job) ?? []);
}

/** Each value is read as an attribute or as an element. */
function running(job: XmlElement): SiteJob | undefined {
	const read = (name: string) => attribute(job, name) ?? textOf(child(job, name));
	const type = JOB_TYPES.find((known) => known === read('type')?.toUpperCase());
	const completed = numberOf(read('completeditems'));
	const total = numberOf(read('totalitems'));
	const isThrough = completed !== undefined && completed === total;
	if (type === undefined || isThrough || ENDED.test(read('status') ?? '')) return undefined;
	return {
		type,
		...(completed === undefined ? {} : { completed }),
		...(total === undefined ? {} : { total }),
	};
}
