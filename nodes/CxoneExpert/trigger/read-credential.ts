import type { FunctionsBase } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';

/** Returns `undefined` on failure: n8n's error may contain part of the credential. */
export async function readCredential(
	n8n: Pick<FunctionsBase, 'getCredentials'>,
): Promise<ExpertCredential | undefined> {
	try {
		return await n8n.getCredentials<ExpertCredential>('cxoneExpertApi');
	} catch {
		return undefined;
	}
}
