import type { FunctionsBase } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import type { UserMessage } from '../api/expert-error';

export const NO_CREDENTIAL: UserMessage = {
	message: 'The credential of the trigger could not be read',
	description: 'Open the trigger, choose its CXone Expert API credential, enter it again and save it.',
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
