import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { adviceFor } from './advice';
import { createApi, type ApiResult, type ExpertApi } from './request';
import { secretsOf } from './secrets';
import { sendFromCredentialTest } from './send';
import { attribute, child, textOf, type XmlElement } from './xml';

/** Time for the whole test, in ms. A person is waiting. */
const TIME_TO_TEST = 15_000;

/**
 * The test of the credential: who am I at this site, and may I manage webhooks?
 *
 * Two answers are needed. A token that is not accepted can get 200 as the user Anonymous, and 403
 * for webhooks means "not an admin" as well as "webhooks are not enabled": the first answer tells
 * them apart.
 */
export async function testExpertCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	const api = createApi(sendFromCredentialTest(this, data), TIME_TO_TEST, secretsOf(data));
	const user = await currentUser(api);
	if (!user.ok) return refusal(user.message);
	const doing = 'list the webhooks of the site';
	const query = { limit: 1, offset: 0 };
	const webhooks = await api.call({ method: 'GET', path: '/webhooks', query, doing });
	if (webhooks.ok) {
		// Something else than a list is some other site that answers 200 to everything.
		if (webhooks.document?.name !== 'webhooks') return refusal(unexpected(doing));
		return { status: 'OK', message: `Connected as ${user.name}` };
	}
	if (webhooks.failure.status !== 403) return refusal(spoken(webhooks));
	return refusal(user.isAdmin ? FEATURE_OFF : notAdmin(user.name));
}

const FEATURE_OFF =
	'The token is accepted and its user is an admin, but the site does not allow webhooks (403). Ask your NiCE contact to enable webhooks for your site.';

const NOT_ACCEPTED =
	'The site does not accept the token: it treats the call as anonymous. Enter the token again, and check that it has not been removed under Site Tools > Dashboard > Integrations > API Token Management. A server token also needs the right user name, and the right time on the machine of n8n.';

function notAdmin(name: string): string {
	return `The token is accepted, but its user ${name} is not an admin of the site. Give the user the Admin role, or use a token of an admin.`;
}

type CurrentUser = { ok: true; name: string; isAdmin: boolean } | { ok: false; message: string };

async function currentUser(api: ExpertApi): Promise<CurrentUser> {
	const doing = 'check the token';
	const result = await api.call({ method: 'GET', path: '/users/current', doing });
	if (!result.ok) {
		const rejected = result.failure.status === 401 || result.failure.status === 403;
		return { ok: false, message: rejected ? NOT_ACCEPTED : spoken(result) };
	}
	if (result.document?.name !== 'user') {
		return { ok: false, message: unexpected(doing) };
	}
	const user = result.document.root;
	if (attribute(user, 'anonymous') !== 'false') return { ok: false, message: NOT_ACCEPTED };
	return { ok: true, name: textOf(user, 'username') ?? 'unknown', isAdmin: isAdmin(user) };
}

/** Role ids differ between sites, so the names decide. */
function isAdmin(user: XmlElement): boolean {
	const permissions = child(user, 'permissions.user');
	const operations = (textOf(permissions, 'operations') ?? '').split(',');
	return textOf(permissions, 'role') === 'Admin' || operations.includes('ADMIN');
}

function spoken(result: Extract<ApiResult, { ok: false }>): string {
	const { message, description } = adviceFor(result.failure, result.doing);
	return `${message}. ${description}`;
}

function unexpected(doing: string): string {
	return spoken({ ok: false, failure: { kind: 'unexpected' }, doing });
}

function refusal(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
