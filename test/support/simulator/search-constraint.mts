import type { Page } from './pages.mts';

/**
 * The simplest of search constraints: terms `tag:x`, `title:x` and `type:page`, each with `+` or
 * without, all of which must hold; values with spaces in quotes. Other fields are not simulated and
 * hold for every page.
 */
export function meetsConstraint(page: Page, constraint: string): boolean {
	const terms = constraint.matchAll(/\+?(\w+):(?:"([^"]*)"|([^\s()"]+))/g);
	return [...terms].every(([, field, quoted, bare]) => {
		const value = (quoted ?? bare ?? '').toLowerCase();
		if (field === 'tag') return page.tags.some((tag) => tag.toLowerCase() === value);
		if (field === 'title') return page.title.toLowerCase().includes(value);
		return field !== 'type' || value === 'page';
	});
}
