import { createHash } from 'node:crypto';

import { apiSecret, type ExpertCredential } from './credential';
import type { ApiClient } from './client';
import { failed, type Result, success } from './result';
import { siteOrigin } from './site-url';
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
export async function currentUser(api: ApiClient): Promise<Result<CurrentUser>> {
	const task = 'check-token';
	const read = await api.call({ method: 'GET', path: '/users/current' });
	if (!read.ok) {
		const isRejected = isDenied(read.failure.status);
		return failed(isRejected ? { kind: 'anonymous', task } : { ...read.failure, task });
	}
	const { document } = read.value;
	if (document?.name !== 'user') return failed({ kind: 'unexpected', task });
	const user = document.root;
	if (attribute(user, 'anonymous') !== 'false') return failed({ kind: 'anonymous', task });
	return success({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? 'unknown',
		isAdmin: isAdmin(user),
	});
}

/** Role ids differ between sites, so the names decide. */
function isAdmin(user: XmlElement): boolean {
	const permissions = child(user, 'permissions.user');
	const operations = (textOf(permissions, 'operations') ?? '').split(',');
	return textOf(permissions, 'role') === 'Admin' || operations.includes('ADMIN');
}

/**
 * A client that asks once who we are, before its first call. Without this, an expired token would quietly find
 * less: the site shows it what anybody may see. A token that expires later finds less until the next execution.
 */
export function onlyIfAccepted(api: ApiClient): ApiClient {
	let asked: ReturnType<typeof currentUser> | undefined;
	return {
		get mayHaveWritten() {
			return api.mayHaveWritten;
		},
		async call(call) {
			asked ??= currentUser(api);
			const user = await asked;
			if (user.ok) return await api.call(call);
			asked = undefined;
			return user;
		},
	};
}

/** Tells apart by what the site is called, without keeping the token. */
export function accessKey(credential: ExpertCredential): string {
	return createHash('sha256')
		.update(`${siteOrigin(credential.siteUrl)} ${credential.runAsUser} ${apiSecret(credential)}`)
		.digest('hex');
}

function isDenied(status: number | undefined): boolean {
	return status === 401 || status === 403;
}
