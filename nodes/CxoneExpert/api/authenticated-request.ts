import { type IHttpRequestOptions, UserError } from 'n8n-workflow';

import { authenticationHeaders, type ExpertCredential, lacksUser } from './credential';
import { BAD_SITE, credentialRefusal, type ExpertError, INSECURE_SITE, NO_USER, refusal } from './expert-error';
import { failureOf } from './node-error';
import { isEncrypted, siteOrigin } from './site-url';

/** Field names of n8n's older request helper, which the HTTP Request node still uses. */
interface LegacyRequest {
	uri?: string;
	followRedirect?: boolean;
	followAllRedirects?: boolean;
}

/** Never follow redirects: n8n would send the token to the other host, too. */
const NO_REDIRECTS: Partial<IHttpRequestOptions> & LegacyRequest = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
};

/**
 * Adds the authentication header, but only for the credential's own site: the HTTP Request node
 * accepts any URL.
 *
 * @param now unix time in ms
 * @throws UserError when the request goes to another host or unencrypted, or as nobody
 */
export function authenticatedRequest(
	credential: ExpertCredential,
	request: IHttpRequestOptions & LegacyRequest,
	now: number,
): IHttpRequestOptions {
	const reason = whyNotSent(request, credential);
	if (reason !== undefined) {
		const { message, description } = reason;
		// Its options have no place for the cause.
		throw Object.assign(new UserError(message, { description }), { failure: failureOf(reason) });
	}
	const headers = { ...request.headers, ...authenticationHeaders(credential, now) };
	return { ...request, ...NO_REDIRECTS, headers };
}

function whyNotSent(
	request: IHttpRequestOptions & LegacyRequest,
	credential: ExpertCredential,
): ExpertError | undefined {
	const site = siteOrigin(credential.siteUrl);
	if (site === undefined) return credentialRefusal(BAD_SITE);
	if (!isEncrypted(site)) return credentialRefusal(INSECURE_SITE);
	if (lacksUser(credential)) return credentialRefusal(NO_USER);
	if (targetOrigins(request).every((origin) => origin === site)) return undefined;
	return refusal({
		message: `The CXone Expert API credential is only for ${site}`,
		description: `The request was not sent, because its URL leads to another address. Enter a URL that begins with ${site}/@api/deki/, or choose a credential with another Site URL.`,
	});
}

/**
 * Origins that a request may reach. The base URL must match the site by itself: n8n's HTTP client
 * appends a path to it that `URL` would parse as absolute, such as `https:/host`.
 */
function targetOrigins({ url, uri, baseURL }: IHttpRequestOptions & LegacyRequest): string[] {
	const bases = baseURL === undefined ? [] : [originOf(baseURL)];
	return [originOf(url ?? uri, baseURL), ...bases];
}

function originOf(address: string | undefined, base?: string): string {
	try {
		return new URL(address ?? '', base).origin;
	} catch {
		return '';
	}
}
