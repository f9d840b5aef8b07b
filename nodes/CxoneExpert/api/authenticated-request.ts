import { type IHttpRequestOptions, UserError } from 'n8n-workflow';

import { authenticationHeaders, type ExpertCredential } from './credential';
import { BAD_SITE, INSECURE_SITE, type UserMessage } from './expert-error';
import { isEncrypted, siteOrigin } from './site-url';

/** Names in n8n's older request helper, which the HTTP Request node uses. */
interface LegacyRequest {
	uri?: string;
	followRedirect?: boolean;
	followAllRedirects?: boolean;
}

/** The token must not follow a redirect: n8n would send it to another host, too. */
const NO_REDIRECTS: Partial<IHttpRequestOptions> & LegacyRequest = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
};

/**
 * Adds the authentication header, for the site of the credential only: in the HTTP Request node people
 * can enter any address.
 *
 * @param now unix time in ms
 * @throws UserError when the request goes anywhere else, or would go unencrypted
 */
export function authenticatedRequest(
	credential: ExpertCredential,
	request: IHttpRequestOptions & LegacyRequest,
	now: number,
): IHttpRequestOptions {
	const reason = whyNotSent(request, siteOrigin(credential.siteUrl));
	if (reason !== undefined) {
		throw new UserError(reason.message, { description: reason.description });
	}
	const headers = { ...request.headers, ...authenticationHeaders(credential, now) };
	return { ...request, ...NO_REDIRECTS, headers };
}

function whyNotSent(
	request: IHttpRequestOptions & LegacyRequest,
	site: string | undefined,
): UserMessage | undefined {
	if (site === undefined) return BAD_SITE;
	if (!isEncrypted(site)) return INSECURE_SITE;
	if (targetOrigins(request).every((origin) => origin === site)) return undefined;
	return {
		message: `The CXone Expert API credential is only for ${site}`,
		description: `The request was not sent, because its URL leads to another address. Enter a URL that begins with ${site}/@api/deki/, or choose a credential with another Site URL.`,
	};
}

/**
 * Where a request may lead. A base address must lead to the site by itself: what `URL` treats as an
 * address, such as `https:/host`, n8n's HTTP client appends to the base as a path.
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
