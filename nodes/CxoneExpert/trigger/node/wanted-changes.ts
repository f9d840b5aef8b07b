import type { ExpertCredential } from '../../api/credential';
import { CHANGE_KINDS, type ChangeKind, RECOVERABLE } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { filterEvents, isSubscribed, pathSegments } from '../../event/wanted';
import type { StaticDataContext } from '../../n8n/static-data';
import type { TriggerParameters } from '../parameters';
import { FilterUsers } from './users';

/** Whether the workflow author wants an event, as far as it says what it is about. */
export function wantedBy(
	context: StaticDataContext,
	parameters: TriggerParameters,
	credential: ExpertCredential,
): (event: ExpertEvent) => boolean {
	const { ids } = new FilterUsers(context, credential, parameters);
	return (event) => filterEvents({ rawXml: '', events: [event] }, parameters, ids) !== undefined;
}

export function kindsOf(parameters: TriggerParameters): ReadonlySet<ChangeKind> {
	return new Set(
		CHANGE_KINDS.filter((kind) => isSubscribed({ type: RECOVERABLE[kind] }, parameters)),
	);
}

/** Paths at or below which pages are wanted; none if all are. */
export function branchesOf({ filters }: TriggerParameters): string[] {
	const paths = filters.pathPrefixes.map((row) => pathSegments(row).join('/'));
	return [...new Set(paths.filter((path) => path !== ''))];
}
