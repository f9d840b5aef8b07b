/** The address of a page below that of its site: docs/vendor-facts.md#identifiers. */
export function addressOf(path: string): string {
	const wellFormed = path.toWellFormed();
	if (/[&%+]/.test(path)) return `index.php?title=${encodeURIComponent(wellFormed)}`;
	return encodeURI(wellFormed).replaceAll('#', '%23').replaceAll('?', '%3F');
}
