/** The sample of the vendor's specification: docs/vendor-facts.md#tags. */
export const TAGS =
	'<tags count="2" href="https://site.example/@api/deki/pages/1432/tags"><tag value="article:topic-category" id="1" href="https://site.example/@api/deki/site/tags/1"><uri>https://site.example/Special:Tags?tag=article:topic-category</uri><type>text</type><title>article:topic-category</title></tag><tag value="Custom Tag Here" id="157" href="https://site.example/@api/deki/site/tags/157"><uri>https://site.example/Special:Tags?tag=Custom+Tag+Here</uri><type>text</type><title>Custom Tag Here</title></tag></tags>';

export const BEFORE = ['article:topic-category', 'Custom Tag Here'];

export const page = { mode: 'id', value: '1432' };

export const responseWith = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;

/** The document that is sent when a page is to have these tags. */
export const sent = (...names: string[]) =>
	`<tags>${names.map((name) => `<tag value="${name}"></tag>`).join('')}</tags>`;
