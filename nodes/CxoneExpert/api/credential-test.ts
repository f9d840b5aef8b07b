import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readRoot } from './client';
import { acceptsUnsigned, type ExpertCredential, hasSigningSecret } from './credential';
import { asExpertError } from './expert-error';
import { connect } from './http';
import { currentUser, refusedTo, withExpiry } from './token-check';
import { expiryWarnings, validities } from './token-expiry';

/** Budget for the whole test: a person is waiting. */
const BUDGET_MS = 15_000;

/**
 * The test of the credential: who am I at this site, and may I manage webhooks?
 *
 * It takes two responses. A token that is not accepted can get 200 as the user Anonymous, and 403 for
 * webhooks means "not an admin" as well as "webhooks are not enabled": the first response tells them
 * apart. A site without webhooks may also respond that it does not know the call.
 */
export async function testExpertCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	try {
		return await check(this, data);
	} catch (thrown) {
		return { status: 'Error', message: withExpiry(asExpertError(thrown), data).text };
	}
}

async function check(
	n8n: ICredentialTestFunctions,
	credential: ExpertCredential,
): Promise<INodeCredentialTestResult> {
	const api = connect(n8n, credential, { budgetMs: BUDGET_MS });
	const user = await currentUser(api);
	try {
		const query = { limit: 1, offset: 0 };
		const doing = 'list the webhooks of the site';
		// Anything other than a list comes from another kind of site that responds 200 to everything.
		await readRoot(api, { method: 'GET', path: '/webhooks', query, doing }, 'webhooks');
		return { status: 'OK', message: connected(user.name, credential) };
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (!error.isHidden && !error.lacksCall) throw error;
		// Only the trigger needs webhooks, and it works with one of these only.
		const isForTrigger = hasSigningSecret(credential) || acceptsUnsigned(credential);
		const status = isForTrigger ? 'Error' : 'OK';
		return { status, message: refusedTo(user, error).text };
	}
}

/** Always says when tokens expire: nobody else reminds people of it. One thing to do at a time. */
function connected(name: string, credential: ExpertCredential): string {
	const now = Date.now();
	const [warning] = expiryWarnings(credential, now);
	const valid = warning === undefined ? validities(credential, now) : [warning];
	return valid.length === 0 ? `Connected as ${name}` : `Connected as ${name}. ${valid.join(' ')}`;
}
