import type { FunctionsBase } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import { siteOrigin } from '../api/site-url';

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

/** Origin of the site that the credential leads to now. */
export async function readSite(
	n8n: Pick<FunctionsBase, 'getCredentials'>,
): Promise<string | undefined> {
	const credential = await readCredential(n8n);
	return credential && siteOrigin(credential.siteUrl);
}
