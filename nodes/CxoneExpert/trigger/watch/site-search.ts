import { LARGE_RESPONSES } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { ExpertError } from '../../api/expert-error';
import type { SearchRequest } from '../changes/resumable-search';
import { type FoundChanges, logLeftOut } from '../changes/period-search';
import type { ServedAddress } from '../state/address';
import { kindsOf, wantedBy } from '../state/wanted-changes';
import { couldNotAsk } from './check';
import { recoverySemaphore, type Watch } from './watch';

/** Returns the part of a request that all searches of a watch share. */
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
		kinds: kindsOf(watch.parameters),
		wants: wantedBy(watch.n8n, watch.parameters, credential),
	};
}

/** @returns whether the search is done */
export function reportSearch(
	{ alerts, n8n }: Watch,
	credential: ExpertCredential,
	found: FoundChanges | ExpertError,
): found is FoundChanges {
	if (found instanceof ExpertError) {
		alerts.report('changes', couldNotAsk(found, credential));
		return false;
	}
	const { archiveRefusal } = found;
	logLeftOut(n8n, found);
	alerts.report('changes', { finding: 'fine' });
	alerts.report(
		'deletions',
		archiveRefusal === undefined ? { finding: 'fine' } : couldNotAsk(archiveRefusal, credential),
	);
	return true;
}
