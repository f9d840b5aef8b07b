/**
 * The samples of the vendor's specification: docs/vendor-facts.md#writing-pages and
 * docs/vendor-facts.md#reading-pages.
 */
export const MOVED =
	'<pages.moved count="1"><page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/ArticleMoved</uri.ui><title>ArticleMoved</title><path seo="true">ArticleMoved</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page></pages.moved>';

export const INFO =
	'<page id="426" guid="6d5d030f38d747828a485713c3cf1154" draft.state="inactive" href="https://site.example/@api/deki/pages/426?redirects=0" deleted="false" revision="2"><uri.ui>https://site.example/Example/ExamplePage</uri.ui><title>TitleExample</title><path seo="true">Example/ExamplePage</path><namespace>main</namespace><date.created>2023-09-21T21:23:18Z</date.created><language>en-US</language></page>';

export const DELETED =
	'<deletedpages count="1"><page id="179" guid="d668320eb6b447979d17573bb40c109b" draft.state="inactive" href="https://site.example/@api/deki/pages/179?redirects=0" deleted="true"><uri.ui>https://site.example/Topic_Draft</uri.ui><title>Topic Draft</title><path seo="true">Topic_Draft</path><namespace>main</namespace><date.created>2023-07-24T14:59:48Z</date.created><date.deleted>2024-02-08T20:33:00Z</date.deleted><language>en-US</language></page></deletedpages>';

export const VIRTUAL = '<page id="0" virtual="true"><title>X</title><path>X</path></page>';
