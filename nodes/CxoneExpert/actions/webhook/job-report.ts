import type { SiteJob, SiteJobType } from '../../api/site-jobs';

const NAMES: Readonly<Record<SiteJobType, string>> = {
	IMPORT: 'An import',
	EXPORT: 'An export',
	FIND_AND_REPLACE: 'A find and replace',
};

/** Why nothing may arrive although all is well. Source: docs/vendor-facts.md#concurrency-and-order. */
export function jobFinding({ type, completed, total }: SiteJob): string {
	const items = total === undefined ? `${completed}` : `${completed} of ${total}`;
	const progress = completed === undefined ? '' : ` (items done: ${items})`;
	return `${NAMES[type]} is running at the site${progress}. Expert can hold deliveries back until it is over.`;
}
