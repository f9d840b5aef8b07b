import { LARGE_RESPONSES } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import { nodeKey } from '../../memory';
import type { SearchRequest } from '../changes/search';
import type { ServedAddress } from '../node/address';
import { branchesOf, kindsOf, wantedBy } from '../node/wanted-changes';
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
		kinds: kindsOf(watch.parameters),
		branches: branchesOf(watch.parameters),
		wants: wantedBy(watch.n8n, watch.parameters, credential),
	};
}
