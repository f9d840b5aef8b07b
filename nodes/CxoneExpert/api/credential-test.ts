import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { acceptsUnsigned, type ExpertCredential, hasSigningSecret } from './credential';
import { asExpertError } from './expert-error';
import { connect } from './http';
import { webhookAccess, withExpiry } from './token-check';
import { expiringTokens, expiryWarnings } from './token-expiry';

/** Limits the whole test, because a person is waiting. */
const CREDENTIAL_TEST_BUDGET_MS = 15_000;

/** The credential test: who am I at this site, and may I manage webhooks? */
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
	const { user, refused } = await webhookAccess(api);
	if (refused === undefined) return { status: 'OK', message: connected(user.name, credential) };
	// Only the trigger needs webhooks, and it requires one of these.
	const isForTrigger = hasSigningSecret(credential) || acceptsUnsigned(credential);
	return { status: isForTrigger ? 'Error' : 'OK', message: refused.text };
}

/** Always shows when tokens expire, because Expert never reminds anybody. Names one thing to do at a time. */
function connected(name: string, credential: ExpertCredential): string {
	const now = Date.now();
	const [warning] = expiryWarnings(credential, now);
	const dates = expiringTokens(credential, now).map(({ message }) => `${message}.`);
	const expiry = warning === undefined ? dates : [warning];
	return expiry.length === 0 ? `Connected as ${name}` : `Connected as ${name}. ${expiry.join(' ')}`;
}
