import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';

import { acceptsUnsigned, type ExpertCredential } from '../../api/credential';
import { asExpertError, type UserMessage } from '../../api/expert-error';
import { connect } from '../../api/http';
import { isLoopback, isPublicHost, siteOrigin } from '../../api/site-url';
import { webhookAccess, withExpiry } from '../../api/token-check';
import { canExpertCall } from '../../api/webhook-url';
import { webhookEndpointInPanel } from '../../n8n/rest-api-url';
import { NOT_VERIFIED } from '../../protocol/signature';
import { readCredential } from '../read-credential';
import { notReachable, signingSecretProblem } from './wanted-webhook';

/** Limits both calls, because a person is waiting. */
const CHECKS_BUDGET_MS = 10_000;

/**
 * Checks what publishing needs, for the trigger's panel. n8n calls it whenever the panel opens, and shows the result as
 * a notice, because there are no fields to map.
 */
export async function checkBeforePublish(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const credential = await readCredential(this);
	const lines = credential === undefined ? [WITHOUT_CREDENTIAL] : await checks(this, credential);
	return { fields: [], emptyFieldsNotice: lines.map(asHtml).join('<br>') };
}

const WITHOUT_CREDENTIAL =
	'Before you publish: the credential needs the token of an admin, and webhooks must be enabled for your site. n8n registers the webhook: there is no URL to copy.';

/** One line for each question. Publishing judges each by the same code. */
async function checks(n8n: ILoadOptionsFunctions, credential: ExpertCredential): Promise<string[]> {
	return [
		'Before you publish (reopen this panel to check again):',
		...(await accessChecks(n8n, credential)),
		addressCheck(webhookEndpointInPanel(n8n), siteOrigin(credential.siteUrl) ?? ''),
		secretCheck(credential),
	];
}

async function accessChecks(n8n: ILoadOptionsFunctions, credential: ExpertCredential): Promise<string[]> {
	try {
		const { user, refused } = await webhookAccess(connect(n8n, credential, { budgetMs: CHECKS_BUDGET_MS }));
		const token = passed(`Token: connected as ${user.name}`);
		if (refused === undefined) return [token, passed('Admin role'), passed('Webhooks are enabled')];
		if (user.isAdmin) return [token, passed('Admin role'), failed(refused)];
		return [token, failed(refused), REST];
	} catch (thrown) {
		return [failed(withExpiry(asExpertError(thrown), credential)), REST];
	}
}

const REST = unknown('What else the site needs is not known yet.');

/** Is stricter than publishing about hosts, whose names can mean another machine to n8n than to Expert. */
function addressCheck(url: string, site: string): string {
	const isPublic = isLoopback(site) || isPublicHost(new URL(url).hostname);
	return canExpertCall(url, site) && isPublic ? passed(`Address: ${url}`) : failed(notReachable(url));
}

function secretCheck(credential: ExpertCredential): string {
	const problem = signingSecretProblem(credential);
	if (problem !== undefined) return failed(problem);
	return unknown(acceptsUnsigned(credential) ? NOT_VERIFIED : UNTIL_A_DELIVERY);
}

const UNTIL_A_DELIVERY =
	"Signing secret: the first delivery tells whether it is right. 'Webhook: Send Test Delivery' tells whether deliveries reach n8n.";

function passed(text: string): string {
	return `✓ ${text}`;
}

function failed({ message, description }: UserMessage): string {
	return `✗ ${message}. ${description}`;
}

function unknown(text: string): string {
	return `? ${text}`;
}

/** The name of a user can hold any character. */
function asHtml(text: string): string {
	return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
