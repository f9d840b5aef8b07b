/** What a site says of a content, or gives as it: a media type, and a length in bytes. */
interface Content {
	type?: string | undefined;
	size?: number | undefined;
}

/**
 * Whether the answer is something else than the content that the site has announced: nothing where
 * there was something, or what has another type and another length. One of them alone can be honest:
 * a new version may have come in between, or the type is spelled in another way.
 */
export function isOtherContent(announced: Content, given: Content): boolean {
	if (announced.size === undefined || announced.size === given.size) return false;
	if (given.size === 0) return true;
	const [one, other] = [mediaType(announced.type), mediaType(given.type)];
	return one !== '' && other !== '' && one !== other;
}

/** Without what may follow it (`; charset=…`). */
function mediaType(text = ''): string {
	return text.split(';')[0]!.trim().toLowerCase();
}
