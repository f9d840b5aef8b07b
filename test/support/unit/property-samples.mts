/** The sample of the vendor's specification: docs/vendor-facts.md#properties. */
export const LISTED =
	'<properties count="1" href="https://site.example/@api/deki/pages/141/properties"><property revision="6" resid="61" name="urn:custom.mindtouch.com#_editedby" href="https://site.example/@api/deki/pages/141/properties/urn%253Acustom.mindtouch.com%2523_editedby/info" etag="61.r6_ts2024-02-08T21:39:11Z" resource-is-deleted="false" resource-rev-is-deleted="false"><contents type="text/plain; charset=utf-8" size="2" href="https://site.example/@api/deki/pages/141/properties/urn%253Acustom.mindtouch.com%2523_editedby">[]</contents><date.modified>2024-02-08T21:39:11Z</date.modified><change-description></change-description></property></properties>';

export const NONE =
	'<properties count="0" href="https://site.example/@api/deki/pages/141/properties"/>';

export const propertyName = 'urn:custom.mindtouch.com#_editedby';
