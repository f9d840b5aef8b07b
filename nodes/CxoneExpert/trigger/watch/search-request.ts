import { LARGE_RESPONSES } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import { CHANGE_KINDS, type ChangeKind, RECOVERABLE } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { filterEvents, isSubscribed } from '../../event/wanted';
import { nodeKey } from '../../memory';
import type { SearchRequest } from '../changes/search';
import type { ServedAddress } from '../node/address';
import { FilterUsers } from '../node/users';
import { recoverySemaphore, type Watch } from './check';

/** What every search of a watch asks for. */
export function searchRequest(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential,
): Omit<SearchRequest, 'since' | 'now'> {
	return {
		api: watch.client(served, credential, {
			limits: LARGE_RESPONSES,
			semaphore: recoverySemaphore(credential),
		}),
		access: accessKey(credential),
		node: nodeKey(watch.n8n),
		site: siteOrigin(credential.siteUrl) ?? '',
		kinds: kindsOf(watch),
		wants: wantedBy(watch, credential),
	};
}

/** Whether the workflow author wants an event, as far as it says what it is about. */
function wantedBy(
	{ n8n, parameters }: Watch,
	credential: ExpertCredential,
): (event: ExpertEvent) => boolean {
	const { ids } = new FilterUsers(n8n, credential, parameters);
	return (event) => filterEvents({ rawXml: '', events: [event] }, parameters, ids) !== undefined;
}

function kindsOf({ parameters }: Watch): ReadonlySet<ChangeKind> {
	return new Set(
		CHANGE_KINDS.filter((kind) => isSubscribed({ type: RECOVERABLE[kind] }, parameters)),
	);
}
