/** The sample of the vendor's specification: docs/vendor-facts.md#drafts. */
export const SAMPLE =
	'<draft id="147" href="https://site.example/@api/deki/drafts/147" state="unpublished" publish="true" deactivate="false" revision="1"><uri.ui>https://site.example/Another_Test?mt-draft=true</uri.ui><title>Another Test</title><namespace>main</namespace><path seo="true">Another_Test</path><contents href="https://site.example/@api/deki/drafts/147/contents"/><date.created>2023-08-31T19:28:05Z</date.created><date.edited>2023-08-31T19:28:05Z</date.edited><date.modified>2023-08-31T19:28:05Z</date.modified><timeuuid>81e79080-4834-11ee-80d0-b506ac953549</timeuuid></draft>';

export const ITEM = {
	id: '147',
	path: 'Another_Test',
	title: 'Another Test',
	url: 'https://site.example/Another_Test?mt-draft=true',
	state: 'unpublished',
	revision: 1,
	createdAt: '2023-08-31T19:28:05Z',
	editedAt: '2023-08-31T19:28:05Z',
	modifiedAt: '2023-08-31T19:28:05Z',
};

export const page = { mode: 'id', value: '147' };

export const xml = 'application/xml; charset=utf-8';
