import { type ApiClient, readRoot } from './client';
import type { ExpertCredential } from './credential';
import { asExpertError, ExpertError, type UserMessage } from './expert-error';
import { printableOfSite } from './redact';
import { expiredToken } from './token-expiry';
import { attribute, child, textOf, type XmlElement } from './xml';

/** Who we are for the site. */
export interface CurrentUser {
	/** `undefined` when the site does not say. */
	id: string | undefined;
	name: string;
	isAdmin: boolean;
}

/**
 * Asks the site who we are. A token that is wrong or expired gets 200 as the user Anonymous
 * (docs/vendor-facts.md#anonymous-responses), so the user in the response decides, not the status.
 */
export async function currentUser(api: ApiClient): Promise<CurrentUser> {
	const user = await readCurrentUser(api);
	if (attribute(user, 'anonymous') !== 'false') throw new ExpertError({ kind: 'anonymous' });
	return {
		id: attribute(user, 'id'),
		name: printableOfSite(textOf(user, 'username') ?? 'unknown'),
		isAdmin: isAdmin(user),
	};
}

async function readCurrentUser(api: ApiClient): Promise<XmlElement> {
	try {
		const call = { method: 'GET', path: '/users/current', doing: 'check the token' } as const;
		return await readRoot(api, call, 'user');
	} catch (thrown) {
		const error = asExpertError(thrown);
		// A firewall says nothing of the token.
		throw error.isDenied ? new ExpertError({ kind: 'anonymous' }) : error;
	}
}

/** Says that the token has expired where that is known: the site never does. */
export function withExpiry(error: ExpertError, credential: ExpertCredential): ExpertError {
	const says = error.kind === 'anonymous' ? expiredToken(credential, Date.now()) : undefined;
	return says === undefined ? error : error.with({ says });
}

/**
 * Why the site refuses to read webhooks: the token is not accepted, its user is not an admin, or the site has no
 * webhooks (docs/vendor-facts.md#webhook-calls). Its response is the same, so it is asked who we are.
 *
 * @returns what is given where that does not tell
 */
export async function whyRefused(
	api: ApiClient,
	refused: ExpertError,
	credential: ExpertCredential,
): Promise<ExpertError> {
	try {
		const user = await currentUser(api);
		return refused.status === 403 ? refusedTo(user, refused) : refused;
	} catch (thrown) {
		const error = asExpertError(thrown);
		return error.kind === 'anonymous' ? withExpiry(error, credential) : refused;
	}
}

/** 403 to a call about webhooks by this user. What the site has said is the same for both. */
export function refusedTo({ name, isAdmin }: CurrentUser, refused: ExpertError): ExpertError {
	const says = isAdmin ? NO_WEBHOOKS : notAdmin(name);
	return refused.with({ messages: { 403: { ...says, isWhole: true } }, siteMessage: undefined });
}

/** NiCE enables webhooks for a site. */
const NO_WEBHOOKS: UserMessage = {
	message: 'Webhooks are not enabled for the site',
	description:
		'Ask your NiCE contact to enable them: the trigger needs them, and so do the operations on webhooks. The token works for pages, files and drafts.',
};

/** @param name of the user of the token */
function notAdmin(name: string): UserMessage {
	return {
		message: `The user of the token, ${name}, is not an admin`,
		description:
			'The trigger, webhooks and the archive need the Admin role. Give it to the user in Expert, or enter the token of an admin in the CXone Expert API credential. For the rest, the token works for all that its user may see and edit.',
	};
}

/** Role ids differ between sites, so the names decide. */
function isAdmin(user: XmlElement): boolean {
	const permissions = child(user, 'permissions.user');
	const operations = (textOf(permissions, 'operations') ?? '').split(',');
	return textOf(permissions, 'role') === 'Admin' || operations.includes('ADMIN');
}
