import type { FunctionsBase } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';

/** `undefined` when n8n does not give the credential: what it says then may hold a part of it. */
export async function readCredential(
	n8n: Pick<FunctionsBase, 'getCredentials'>,
): Promise<ExpertCredential | undefined> {
	try {
		return await n8n.getCredentials<ExpertCredential>('cxoneExpertApi');
	} catch {
		return undefined;
	}
}
