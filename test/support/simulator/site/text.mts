const NAMED: Record<string, string> = {
	...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
	nbsp: '\u00a0',
};

/** The words of some HTML: without tags, entities decoded, white space made single. */
export function plainText(html: string): string {
	return html
		.replace(/<[^>]*>/g, ' ')
		.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, decoded)
		.replace(/\s+/g, ' ')
		.trim();
}

function decoded(entity: string, decimal?: string, hex?: string, name = ''): string {
	const code = Number(decimal ?? `0x${hex}`);
	return code <= 0x10ffff ? String.fromCodePoint(code) : (NAMED[name] ?? entity);
}

/** The feed's diff and the revisions count words. */
export function wordsIn(html: string): number {
	return html
		.replace(/<[^>]*>/g, ' ')
		.split(/\s+/)
		.filter(Boolean).length;
}
