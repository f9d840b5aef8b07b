import type { UserMessage } from '../../shared/failure-messages';

/**
 * The message for an address that is not one of the site; `undefined` for one that is, or may be.
 *
 * @param origin of the site in the credential
 * @param whatToEnter in its place, given that origin
 */
export function otherSite(
	{ host }: URL,
	origin: string | undefined,
	whatToEnter: (origin: string) => string,
): UserMessage | undefined {
	if (origin === undefined || host === new URL(origin).host) return undefined;
	return {
		message: `This address belongs to another site: ${host}`,
		description: whatToEnter(origin),
	};
}
