import type { FunctionsBase } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import type { UserMessage } from '../api/expert-error';

export const NO_CREDENTIAL: UserMessage = {
	message: 'n8n cannot read the credential of the trigger',
	description: 'Open the trigger and choose a CXone Expert API credential.',
};

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
