import { flagField, refuse } from './core/field';

/**
 * What only a page as readers see it has (docs/vendor-facts.md#reading-pages). Saved again, it would take the place
 * of the templates, reused contents and lists that it was made from.
 */
const MARK = /<[^<>]*\b(mt-section-origin|mt-subpage-listings-container|mt-empty-state)\b/;

export const saveRenderedField = flagField({
	displayName: 'Save Rendered HTML',
	name: 'saveRenderedHtml',
	description:
		'Whether to save contents that were read as readers see them. Templates, reused contents and lists of pages become what they show now.',
});

/** The HTML; refuses that of a page as readers see it. */
export function assertEditable(html: string): string {
	const mark = MARK.exec(html)?.[1];
	if (mark === undefined) return html;
	return refuse({
		message: "'Contents' is a page as readers see it, so nothing was saved",
		description: `Templates, reused contents and lists of pages would be lost (found: ${mark}). Read the page with "Edit" in the option 'Mode' of Page > Get Contents, and change that text. To save it all the same, add the option 'Save Rendered HTML'.`,
	});
}
