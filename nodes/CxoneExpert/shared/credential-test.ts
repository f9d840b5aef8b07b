import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { failureText } from './failure-messages';
import { type ExpertCredential, hasSigningSecret } from '../api/credential';
import { currentUser } from '../api/token-check';
import { createClient } from '../api/client';
import { secretsOf } from '../api/redact';
import { sendFromCredentialTest } from '../api/http';
import { expiredToken, expiryWarning, tokenExpiry, validity } from './token-expiry';

/** Budget for the whole test: a person is waiting. */
const BUDGET_MS = 15_000;

/**
 * The test of the credential: who am I at this site, and may I manage webhooks?
 *
 * It takes two responses. A token that is not accepted can get 200 as the user Anonymous, and 403 for
 * webhooks means "not an admin" as well as "webhooks are not enabled": the first response tells them
 * apart.
 */
export async function testExpertCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	const api = createClient(sendFromCredentialTest(this, data), BUDGET_MS, secretsOf(data));
	const user = await currentUser(api);
	if (!user.ok) {
		const expired = user.failure.kind === 'anonymous' ? expiredToken(data, Date.now()) : undefined;
		return refusal(expired ?? failureText(user.failure));
	}
	const task = 'list-webhooks';
	const query = { limit: 1, offset: 0 };
	const webhooks = await api.call({ method: 'GET', path: '/webhooks', query });
	if (webhooks.ok) {
		// Anything other than a list comes from another kind of site that responds 200 to everything.
		const isList = webhooks.value.document?.name === 'webhooks';
		if (!isList) return refusal(failureText({ kind: 'unexpected', task }));
		return { status: 'OK', message: connected(user.value.name, data) };
	}
	if (webhooks.failure.status !== 403) return refusal(failureText({ task, ...webhooks.failure }));
	const message = user.value.isAdmin ? FEATURE_OFF : notAdmin(user.value.name);
	// Only the trigger needs webhooks, and it does not work without the signing secret.
	return hasSigningSecret(data) ? refusal(message) : { status: 'OK', message };
}

/** Always says when the long-term token expires: nobody else reminds people of it. */
function connected(name: string, credential: ExpertCredential): string {
	const now = Date.now();
	const expiry = tokenExpiry(credential);
	if (expiry === undefined) return `Connected as ${name}`;
	return `Connected as ${name}. ${expiryWarning(credential, now) ?? validity(expiry, now)}`;
}

const FEATURE_OFF =
	'The token works for pages, files and drafts. The trigger needs webhooks, which the site does not allow (403): ask your NiCE contact to enable them.';

function notAdmin(name: string): string {
	return `The token works for all that its user ${name} may see and edit. For the trigger, webhooks and the archive the user needs the Admin role.`;
}

function refusal(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
