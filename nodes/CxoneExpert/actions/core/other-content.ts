/** What a site says of a content, or gives as it: a media type, and a length in bytes. */
interface Content {
	type?: string | undefined;
	size?: number | undefined;
}

/**
 * Whether the answer is something else than the content that the site has announced: nothing where
 * there was something, or a document of the API or of a proxy, by its type, that has another length.
 * Either alone can be honest: a new version may have come in between, a site may give images in
 * another format.
 */
export function isOtherContent(announced: Content, given: Content): boolean {
	if (announced.size === undefined || announced.size === given.size) return false;
	if (given.size === 0) return true;
	const type = mediaType(given.type);
	return /xml|json|html/.test(type) && type !== mediaType(announced.type);
}

/** Without what may follow it (`; charset=…`). */
function mediaType(text = ''): string {
	return text.split(';')[0]!.trim().toLowerCase();
}
