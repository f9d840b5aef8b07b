const LINKS = new Set(['http:', 'https:', 'ftp:', 'mailto:', 'tel:']);
const IMAGES = new Set(['http:', 'https:']);

/** Returns the absolute address; `undefined` for what no reader should follow, such as `javascript:`. */
export function linkAddress(entered: string | undefined, base: string): string | undefined {
	return address(entered, base, LINKS);
}

export function imageAddress(entered: string | undefined, base: string): string | undefined {
	return address(entered, base, IMAGES);
}

function address(entered: string | undefined, base: string, schemes: Set<string>) {
	if (entered === undefined || !URL.canParse(entered, base)) return undefined;
	const { protocol, href } = new URL(entered, base);
	return schemes.has(protocol) ? withoutMarkup(href) : undefined;
}

/** Encodes what would end an address in Markdown, or need an escape there that not every reader takes back. */
function withoutMarkup(href: string): string {
	const encoded = href.replace(/[\s"()<>[\]\\`|*~]/g, (character) => {
		return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
	});
	return encoded.replace(/&(#?\w+);/g, '&$1%3B');
}
