/** A half character, as a text cut in the middle of one has, becomes what a query makes of it. */
export function encode(text: string): string {
	return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

/** Encoded once for the vendor's format and once more for the URL that carries it. */
export function doubleEncode(text: string): string {
	return encodeURIComponent(encode(text));
}

/**
 * A path without the slashes around it. By index: `/\/+$/` takes the square of the time for a run of slashes
 * that is not at the end.
 */
export function withoutSlashes(path: string): string {
	let [start, end] = [0, path.length];
	while (path[start] === '/') start++;
	while (end > start && path[end - 1] === '/') end--;
	return path.slice(start, end);
}

/** The key of the page at a path; the empty path is the home page: docs/vendor-facts.md#identifiers. */
export function pageKey(path: string): string {
	return path === '' ? 'home' : `=${doubleEncode(path)}`;
}
