/**
 * The origin of an Expert site from what a person typed: any path, a trailing slash or
 * `/@api/deki` is dropped, a missing scheme becomes https.
 *
 * @returns e.g. `https://help.example.com`, or `undefined` when it is not a web address
 */
export function siteOrigin(siteUrl: unknown): string | undefined {
	const typed = String(siteUrl ?? '').trim();
	if (typed === '') return undefined;
	try {
		const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Whether a token may be sent to this site: over plain http anybody in between could read it, except
 * on this machine itself (a simulator).
 *
 * @param origin as {@link siteOrigin} gives it
 */
export function isEncrypted(origin: string): boolean {
	return origin.startsWith('https:') || isLoopback(origin);
}

/** Whether an address names this machine itself (`localhost`, 127.0.0.0/8, `[::1]`). */
export function isLoopback(address: string): boolean {
	try {
		const { hostname } = new URL(address);
		return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
	} catch {
		return false;
	}
}

/** The address at which people see a page, from its path as events carry it (home is empty). */
export function pageAddress(origin: string, path: string): string {
	return `${origin}/${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}
