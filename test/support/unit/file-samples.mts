/** The sample of the vendor's specification: docs/vendor-facts.md#files. */
export const SAMPLE =
	'<file id="1" revision="1" res-id="68" href="https://site.example/@api/deki/files/1/info" res-is-head="true" res-is-deleted="false" res-rev-is-deleted="false" res-contents-id="71"><filename>ball2.jpg</filename><description></description><alt-text></alt-text><contents type="image/jpeg" size="30238" href="https://site.example/@api/deki/files/1/ball2.jpg"/><date.created>2023-09-26T15:33:15Z</date.created><date.last-modified>2023-09-26T15:33:15Z</date.last-modified><revisions count="1" totalcount="1" href="https://site.example/@api/deki/files/1/revisions"/><page.parent id="153" guid="11f61ee932ad4246a984808cd9ff4a26" draft.state="inactive" href="https://site.example/@api/deki/pages/153?redirects=0" deleted="false"><uri.ui>https://site.example/Media:test</uri.ui><title>test</title><path seo="true" type="custom">Media:test</path><namespace>media</namespace><date.created>2023-09-26T15:32:49Z</date.created><language>en-US</language></page.parent></file>';

export const ITEM = {
	id: '1',
	name: 'ball2.jpg',
	revision: 1,
	size: 30238,
	type: 'image/jpeg',
	url: 'https://site.example/@api/deki/files/1/ball2.jpg',
	modifiedAt: '2023-09-26T15:33:15Z',
	page: { id: '153', path: 'Media:test' },
};
