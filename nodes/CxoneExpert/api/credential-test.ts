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
import { expiringTokens, expiryWarnings } from './token-expiry';

/** Limits the whole test, because a person is waiting. */
const CREDENTIAL_TEST_BUDGET_MS = 15_000;

/**
 * The credential test: who am I at this site, and may I manage webhooks?
 *
 * Takes two calls. A rejected token can get 200 as the user Anonymous, and 403 for webhooks means "not an admin"
 * or "webhooks are not enabled"; who we are tells these apart. A site without webhooks may also not know the call.
 */
export async function testExpertCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	try {
		return await checkAccess(this, data);
	} catch (thrown) {
		return { status: 'Error', message: withExpiry(asExpertError(thrown), data).text };
	}
}

async function checkAccess(
	n8n: ICredentialTestFunctions,
	credential: ExpertCredential,
): Promise<INodeCredentialTestResult> {
	const api = connect(n8n, credential, { budgetMs: CREDENTIAL_TEST_BUDGET_MS });
	const user = await currentUser(api);
	try {
		const query = { limit: 1, offset: 0 };
		const doing = 'list the webhooks of the site';
		// Require a list: another kind of site may respond 200 to everything.
		await readRoot(api, { method: 'GET', path: '/webhooks', query, doing }, 'webhooks');
		return { status: 'OK', message: connected(user.name, credential) };
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (!error.isHidden && !error.lacksCall) throw error;
		// Only the trigger needs webhooks, and it requires one of these.
		const isForTrigger = hasSigningSecret(credential) || acceptsUnsigned(credential);
		const status = isForTrigger ? 'Error' : 'OK';
		return { status, message: refusedTo(user, error).text };
	}
}

/** Always shows when tokens expire, because Expert never reminds anybody. Names one thing to do at a time. */
function connected(name: string, credential: ExpertCredential): string {
	const now = Date.now();
	const [warning] = expiryWarnings(credential, now);
	const dates = expiringTokens(credential, now).map(({ message }) => `${message}.`);
	const expiry = warning === undefined ? dates : [warning];
	return expiry.length === 0 ? `Connected as ${name}` : `Connected as ${name}. ${expiry.join(' ')}`;
}
