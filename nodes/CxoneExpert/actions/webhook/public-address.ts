/** Private networks, the machine itself and its own link (RFC 1918, 3927, 6598). */
const PRIVATE_IPV4 =
	/^(0|10|127|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;

/** The same (RFC 4193, 4291), and IPv4 in another form. */
const PRIVATE_IPV6 = /^\[(::1?|(f[cd]|fe[89ab])[\da-f]*:.*|::ffff:.*)\]$/i;

/** Names that only a private network knows (RFC 6761, 6762, 8375, and ICANN's `.internal`). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test)\.?$/i;

/**
 * Whether a host can be reached from the internet, as far as its name tells: a public name can still
 * lead to a private network.
 *
 * @param hostname as `URL` gives it, with brackets around IPv6
 */
export function isPublicHost(hostname: string): boolean {
	const isPrivate = [PRIVATE_IPV4, PRIVATE_IPV6, PRIVATE_NAME].some((each) => each.test(hostname));
	return !isPrivate && (hostname.includes('.') || hostname.startsWith('['));
}
