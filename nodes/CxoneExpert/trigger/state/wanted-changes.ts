import type { ExpertCredential } from '../../api/credential';
import { CHANGE_KINDS, type ChangeKind, RECOVERABLE } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { filterEvents, isSubscribed } from '../../event/filters';
import type { StaticDataContext } from '../../n8n/static-data';
import type { TriggerParameters } from '../parameters';
import type { SiteChange } from '../changes/site-change';
import { changesAt } from './progress';
import { FilterUsers } from './filter-users';

/** Whether the workflow author wants an event, judged by what the event says. */
export function wantedBy(
	context: StaticDataContext,
	parameters: TriggerParameters,
	credential: ExpertCredential,
): (event: ExpertEvent) => boolean {
	const { ids } = new FilterUsers(context, credential, parameters);
	return (event) => filterEvents({ rawXml: '', events: [event] }, parameters, ids) !== undefined;
}

export function kindsOf(parameters: TriggerParameters): ReadonlySet<ChangeKind> {
	return new Set(CHANGE_KINDS.filter((kind) => isSubscribed({ type: RECOVERABLE[kind] }, parameters)));
}

/** Whether the version that was published at the time of the change wanted it, too. */
export function wasWanted(context: StaticDataContext, credential: ExpertCredential): (change: SiteChange) => boolean {
	const versions = changesAt(context).before.map(({ until, parameters }) => ({
		until,
		kinds: kindsOf(parameters),
		wants: wantedBy(context, parameters, credential),
	}));
	return ({ at, kind, event }) =>
		versions.every(({ until, kinds, wants }) => at >= until || (kinds.has(kind) && wants(event)));
}
