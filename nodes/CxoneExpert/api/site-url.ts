import { BAD_SITE, credentialRefusal, INSECURE_SITE } from './expert-error';

/**
 * Origin of an Expert site from what a person typed. Drops any path, trailing slash or
 * `/@api/deki`; a missing scheme becomes https.
 *
 * @returns e.g. `https://help.example.com`; `undefined` when it is not a web address
 */
export function siteOrigin(siteUrl: unknown): string | undefined {
	const typed = String(siteUrl ?? '').trim();
	if (typed === '') return undefined;
	try {
		const url = new URL(/^[a-z][a-z0-9+.-]*:\//i.test(typed) ? typed : `https://${typed}`);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Origin of an Expert site to which a token may be sent.
 *
 * @throws ExpertError when the Site URL is no web address, or not encrypted
 */
export function usableOrigin(siteUrl: unknown): string {
	const origin = siteOrigin(siteUrl);
	if (origin === undefined) throw credentialRefusal(BAD_SITE);
	if (!isEncrypted(origin)) throw credentialRefusal(INSECURE_SITE);
	return origin;
}

/**
 * Whether a token may be sent to this origin: over https, or to this machine (a simulator). Not to a name below
 * `localhost`, which some machines look up elsewhere.
 */
export function isEncrypted(origin: string): boolean {
	return origin.startsWith('https:') || (isLoopback(origin) && !/\.localhost(:|$)/i.test(origin));
}

/** Whether an address is this machine itself (`localhost`, 127.0.0.0/8, `[::1]`). */
export function isLoopback(address: string): boolean {
	try {
		const { hostname } = new URL(address);
		return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
	} catch {
		return false;
	}
}

/** Private networks, the machine itself and its own link (RFC 1918, 3927, 6598). */
const PRIVATE_IPV4 =
	/^(0|10|127|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;

/** The same in IPv6 (RFC 4193, 4291), and IPv4 in another form. */
const PRIVATE_IPV6 = /^\[(::1?|(f[cd]|fe[89ab])[\da-f]*:.*|::ffff:.*)\]$/i;

/** Names of private networks (RFC 6761, 6762, 8375, and ICANN's `.internal`). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test)\.?$/i;

/**
 * Whether a host is public as far as its name tells: a public name can lead to a private network.
 *
 * @param hostname as `URL` gives it, with brackets around IPv6
 */
export function isPublicHost(hostname: string): boolean {
	const isPrivate = [PRIVATE_IPV4, PRIVATE_IPV6, PRIVATE_NAME].some((each) => each.test(hostname));
	return !isPrivate && (hostname.includes('.') || hostname.startsWith('['));
}

/** Address of a page for readers, from its path in events (empty for home). */
export function pageAddress(origin: string, path: string): string {
	return `${origin}/${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}
