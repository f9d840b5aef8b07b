import { isLoopback } from './site-url';

/** @param site its origin; one on this machine (a simulator) can call anything here */
export function canExpertCall(url: string, site: string): boolean {
	return isLoopback(site) || (url.startsWith('https:') && !isLoopback(url));
}

/** Whether two addresses are the same, whatever the site's spelling. */
export function isSameUrl(a: string, b: string): boolean {
	return a === b || normalizedUrl(a) === normalizedUrl(b);
}

/**
 * Canonical spelling of an address; anything else is returned unchanged. Drops one trailing slash,
 * but keeps path segments apart (`%2F` is no slash), their case, and `..`: n8n serves another path
 * to another node.
 */
export function normalizedUrl(url: string): string {
	const text = url.trim();
	const path = /^[a-z]+:\/\/[^/?#\\]*([^?#]*)/i.exec(text)?.[1];
	if (path === undefined || !URL.canParse(text)) return url;
	const { protocol, host, search } = new URL(text);
	// n8n ignores one trailing slash; a second one makes another path.
	const served = path.endsWith('/') ? path.slice(0, -1) : path;
	return `${protocol}//${host}${served.split('/').map(encodedOnce).join('/')}${search}`;
}

/** An address safe to share: without user, password and query, where other systems keep tokens. */
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
