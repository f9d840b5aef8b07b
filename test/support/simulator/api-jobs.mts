import type { Backend } from './backend.mts';
import { ok, type Route } from './call.mts';
import { adminRequired } from './errors.mts';
import type { Settings } from './settings.mts';
import type { SiteJob } from './site.mts';
import { mayDo } from './users.mts';
import type { XmlData } from './xml.mts';

/** The list of jobs; its form is assumed: docs/vendor-facts.md#site-jobs. */
export function jobRoutes({ site, settings }: Backend): Route[] {
	return [
		[
			'get',
			'/site/jobs',
			({ user }) => {
				if (!mayDo(user, 'ADMIN')) throw adminRequired();
				const job = site.jobs.map((each, index) => jobData(each, index + 1, settings));
				return ok({ jobs: { job } });
			},
		],
	];
}

function jobData(
	{ type, completed, total, isRunning }: SiteJob,
	id: number,
	settings: Settings,
): XmlData {
	const status = settings.siteJobStatus[isRunning ? 'running' : 'ended'];
	if (settings.siteJobForm === 'elements') return { '@id': id, type, status, completed, total };
	return { '@id': id, '@type': type, '@status': status, '@completed': completed, '@total': total };
}
