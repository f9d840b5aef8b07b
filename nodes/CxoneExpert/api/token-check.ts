import { type ApiClient, readRoot, WHO_WE_ARE } from './client';
import { type ExpertCredential, isLongTermToken } from './credential';
import { isSignedIn } from './elements';
import { asExpertError, ExpertError, type UserMessage } from './expert-error';
import { printableOfSite } from './redact';
import { expiredToken } from './token-expiry';
import { attribute, child, textOf, type XmlElement } from './xml';

export interface CurrentUser {
	id: string | undefined;
	name: string;
	isAdmin: boolean;
}

/**
 * Asks the site who we are. A wrong or expired token gets 200 as the user Anonymous
 * (docs/vendor-facts.md#anonymous-responses), so check the user, not the status.
 */
export async function currentUser(api: ApiClient): Promise<CurrentUser> {
	const user = await readCurrentUser(api);
	if (!isSignedIn(user)) throw new ExpertError({ kind: 'anonymous' });
	return {
		id: attribute(user, 'id'),
		name: printableOfSite(textOf(user, 'username') ?? 'unknown'),
		isAdmin: isAdmin(user),
	};
}

async function readCurrentUser(api: ApiClient): Promise<XmlElement> {
	try {
		return await readRoot(api, WHO_WE_ARE, 'user');
	} catch (thrown) {
		throw asTokenError(asExpertError(thrown));
	}
}

/** Blames the token, unless a firewall responded or the site lacks the call. */
function asTokenError(error: ExpertError): ExpertError {
	if (!error.isDenied || error.lacksCall) return error;
	const says = error.isHidden ? { says: refusedUser(error.siteMessage) } : {};
	return new ExpertError({ kind: 'anonymous', ...says });
}

/** Explains a 403 for "who am I", e.g. `User 'x' is disabled`: only the site knows why. */
function refusedUser(siteMessage: string | undefined): UserMessage {
	const said = siteMessage === undefined ? '' : `The site said: ${siteMessage.replace(/\.$/, '')}. `;
	return {
		message: 'The site does not accept the token',
		description: `${said}Check that the user of the token is not disabled, that the site has the Enterprise license that API access needs, and that the token was not removed. Then enter the token again in the CXone Expert API credential.`,
	};
}

/** Adds what is wrong with the token, such as that it has expired, if we know: the site never says so. */
export function withExpiry(error: ExpertError, credential: ExpertCredential): ExpertError {
	if (error.kind !== 'anonymous') return error;
	const says = expiredToken(credential, Date.now());
	if (says !== undefined) return error.with({ says });
	if (credential.authentication === 'serverToken') return error.with({ detail: SERVER_TOKEN });
	return isLongTermToken(credential) ? error : error.with({ says: NO_LONG_TERM_TOKEN });
}

const NO_LONG_TERM_TOKEN: UserMessage = {
	message: 'The site does not accept the token',
	description:
		'What is entered is no long-term token, which has three parts with dots between them. Enter the token again in the CXone Expert API credential.',
};

/** Applies to server tokens only. */
const SERVER_TOKEN = 'Also check Run As User, and the clock of the machine that runs n8n.';

/**
 * Finds out why the site refuses to read webhooks: the token is rejected, its user is not an admin,
 * or the site has no webhooks (docs/vendor-facts.md#webhook-calls). All get the same 403, so ask
 * who we are.
 *
 * @returns `refused` when that does not tell
 */
export async function explainRefusal(
	api: ApiClient,
	refused: ExpertError,
	credential: ExpertCredential,
): Promise<ExpertError> {
	try {
		const user = await currentUser(api);
		return refused.isHidden || refused.lacksCall ? refusedTo(user, refused) : refused;
	} catch (thrown) {
		const error = asExpertError(thrown);
		return error.kind === 'anonymous' ? withExpiry(error, credential) : refused;
	}
}

/**
 * Asks who we are, and whether we may manage webhooks.
 *
 * Takes two calls. A rejected token can get 200 as the user Anonymous, and 403 for webhooks means "not an admin"
 * or "webhooks are not enabled"; who we are tells these apart. A site without webhooks may also not know the call.
 *
 * @returns `refused`, which says why we may not
 * @throws ExpertError if the site does not accept the token, or that stays open
 */
export async function webhookAccess(api: ApiClient): Promise<{ user: CurrentUser; refused?: ExpertError }> {
	const user = await currentUser(api);
	try {
		const query = { limit: 1, offset: 0 };
		const doing = 'list the webhooks of the site';
		// Require a list: another kind of site may respond 200 to everything.
		await readRoot(api, { method: 'GET', path: '/webhooks', query, doing }, 'webhooks');
		return { user };
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (!error.isHidden && !error.lacksCall) throw error;
		return { user, refused: refusedTo(user, error) };
	}
}

/** Explains a 403 or a missing call about webhooks. The site's own message adds nothing. */
function refusedTo({ name, isAdmin }: CurrentUser, refused: ExpertError): ExpertError {
	const says = isAdmin || refused.lacksCall ? NO_WEBHOOKS : notAdmin(name);
	return refused.with({ says, siteMessage: undefined });
}

const NO_WEBHOOKS: UserMessage = {
	message: 'Webhooks are not enabled for the site',
	description:
		'Ask your NiCE contact to enable them: CXone Expert Trigger and the operations on webhooks need them. CXone Expert Polling Trigger works without, and the token works for pages, files and drafts.',
};

function notAdmin(name: string): UserMessage {
	return {
		message: `The user of the token, "${name}", does not have the Admin role`,
		description:
			'CXone Expert Trigger, webhooks and the archive need it. Give it to the user in Expert, enter the token of an admin in the CXone Expert API credential, or use CXone Expert Polling Trigger. For the rest, the token works for all that its user may see and edit.',
	};
}

/**
 * An admin by group shows only in `permissions.effective`; fall back to `permissions.user` where
 * the site lacks that. Go by role name: IDs differ between sites.
 */
function isAdmin(user: XmlElement): boolean {
	const own = child(user, 'permissions.user');
	const effective = textOf(child(user, 'permissions.effective'), 'operations');
	if (effective !== undefined) return hasAdmin(effective);
	return textOf(own, 'role') === 'Admin' || hasAdmin(textOf(own, 'operations') ?? '');
}

function hasAdmin(operations: string): boolean {
	return operations.split(',').includes('ADMIN');
}
