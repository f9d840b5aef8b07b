/** An entry of an index outside of Expert, or a page as the site lists it. */
export interface Versioned {
	id: string;
	version: string;
}

/** What an index lacks, has in another version, and must no longer have. */
export interface IndexChanges<Page extends Versioned> {
	add: Page[];
	update: Page[];
	remove: string[];
}

/**
 * Compares an index with the pages of the site. Only a complete list may be passed: what is not in it is removed.
 * A page that the index has twice counts once, and is up to date only if each of its entries is.
 */
export function compareIndex<Page extends Versioned>(index: Versioned[], pages: Page[]): IndexChanges<Page> {
	const versions = new Map<string, Set<string>>();
	for (const { id, version } of index) versions.set(id, (versions.get(id) ?? new Set()).add(version));
	const isCurrent = ({ id, version }: Page) => [...(versions.get(id) ?? [])].every((has) => has === version);
	const ids = new Set(pages.map(({ id }) => id));
	return {
		add: pages.filter(({ id }) => !versions.has(id)),
		update: pages.filter((page) => versions.has(page.id) && !isCurrent(page)),
		remove: [...versions.keys()].filter((id) => !ids.has(id)),
	};
}

/** Whether so much would be removed that the token has probably lost its rights: then nothing may be removed. */
export function removesTooMany(removed: number, indexed: number, maxPercent: number): boolean {
	return removed * 100 > indexed * maxPercent;
}
