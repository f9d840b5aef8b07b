/** Replaces lone surrogates, as queries do: `encodeURIComponent` throws on them. */
export function encode(text: string): string {
	return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

/** Encoded once for the vendor's format and once more for the URL. */
export function doubleEncode(text: string): string {
	return encodeURIComponent(encode(text));
}

/** Strips slashes at both ends. By index: `/\/+$/` is quadratic for runs of slashes elsewhere. */
export function withoutSlashes(path: string): string {
	let [start, end] = [0, path.length];
	while (path[start] === '/') start++;
	while (end > start && path[end - 1] === '/') end--;
	return path.slice(start, end);
}

/** Key of the page at a path; empty means home: docs/vendor-facts.md#identifiers. */
export function pageKey(path: string): string {
	return path === '' ? 'home' : `=${doubleEncode(path)}`;
}
