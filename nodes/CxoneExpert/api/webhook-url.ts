import { isLoopback } from './site-url';

/**
 * Whether a site can deliver to an address, as far as the address tells.
 *
 * @param site its origin: one on this machine (a simulator) can call anything here
 */
export function canExpertCall(url: string, site: string): boolean {
	return isLoopback(site) || (url.startsWith('https:') && !isLoopback(url));
}

/** Whether two addresses are the same, however the site spells them. */
export function isSameUrl(a: string, b: string): boolean {
	return a === b || normalizedUrl(a) === normalizedUrl(b);
}

/**
 * The canonical spelling of an address; anything else stays as it is.
 *
 * Scheme, host and port in the usual form, without one slash at the end, and each part of the path encoded in
 * one way. Parts stay apart (`%2F` is no slash), keep their case, and none is left out for a `..`: n8n
 * serves another path to another node.
 */
export function normalizedUrl(url: string): string {
	const text = url.trim();
	const path = /^[a-z]+:\/\/[^/?#\\]*([^?#]*)/i.exec(text)?.[1];
	if (path === undefined || !URL.canParse(text)) return url;
	const { protocol, host, search } = new URL(text);
	// n8n takes one slash at the end for none, and a second one for another path.
	const served = path.endsWith('/') ? path.slice(0, -1) : path;
	return `${protocol}//${host}${served.split('/').map(encodedOnce).join('/')}${search}`;
}

/** An address that can be passed on: without user, password and query, where other systems keep tokens. */
export function urlWithoutSecrets(url: string): string {
	if (!URL.canParse(url)) return '';
	const { protocol, host, pathname, search } = new URL(url);
	return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

function encodedOnce(part: string): string {
	try {
		return encodeURIComponent(decodeURIComponent(part));
	} catch {
		return part;
	}
}
