/**
 * The samples of the vendor's specification: docs/vendor-facts.md#archive and
 * docs/vendor-facts.md#writing-pages.
 */
export const SAMPLE =
	'<page.archive id="149" href="https://site.example/@api/deki/archive/pages/149/info"><title>Category Two</title><path>Category_Two</path><contents type="application/vnd.deki1410+xml" href="https://site.example/@api/deki/archive/pages/149/contents"/><date.deleted>2023-04-04T15:17:37Z</date.deleted></page.archive>';
