/** Replaces lone surrogates, as queries do: `encodeURIComponent` throws on them. */
export function encode(text: string): string {
	return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

/** Encodes once for the vendor's format and once more for the URL. */
export function doubleEncode(text: string): string {
	return encodeURIComponent(encode(text));
}

export function withoutSlashes(path: string): string {
	return trimmed(path, '/');
}

/** Drops this character at both ends, by index: `/\/+$/` is quadratic for runs of slashes elsewhere. */
export function trimmed(text: string, character: string): string {
	let [start, end] = [0, text.length];
	while (text[start] === character) start++;
	while (end > start && text[end - 1] === character) end--;
	return text.slice(start, end);
}

/** Encodes a path for `to` of a query, which sites decode once more: docs/vendor-facts.md#identifiers. */
export function targetPath(path: string): string {
	return path.replace(/[%+]/g, encodeURIComponent);
}

/** Key of the page at a path; empty means home: docs/vendor-facts.md#identifiers. */
export function pageKey(path: string): string {
	return path === '' ? 'home' : `=${doubleEncode(path)}`;
}
