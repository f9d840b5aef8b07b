/**
 * The vendor's event types (docs/vendor-facts.md#event-types). Each has three spellings:
 * `page_create` in API paths, `Page_Create` in headers and API responses, `page:create` in XML
 * (`page.content:update` with a dot). We use the path form, the only one documented for all types.
 * The order is that of the lists in the editor: what people want most comes first.
 */
export const EVENT_TYPES: ReadonlyArray<{ value: string; name: string; description: string }> = [
	{
		value: 'pagecontent_update',
		name: 'Page Updated: Content (Edited or Published)',
		description: 'The text of a page was edited, or a draft was published',
	},
	{
		value: 'page_create',
		name: 'Page Created (or New Draft)',
		description: 'A new page or a new draft was created',
	},
	{ value: 'page_delete', name: 'Page Deleted', description: 'A page was moved to the archive' },
	{
		value: 'page_move',
		name: 'Page Moved or Renamed',
		description: 'A page was moved or its path changed; each subpage has its own event',
	},
	{ value: 'page_restore', name: 'Page Restored', description: 'A deleted page came back' },
	{ value: 'page_copy', name: 'Page Copied', description: 'A page was copied' },
	{
		value: 'pagedisplayname_update',
		name: 'Page Updated: Title',
		description: 'The title of a page changed',
	},
	{
		value: 'pagetag_update',
		name: 'Page Updated: Tags',
		description: 'Tags were added or removed',
	},
	{
		value: 'pagecontenttype_update',
		name: 'Page Updated: Type',
		description: 'The article type of a page changed',
	},
	{
		value: 'pagecontent_contentreuseupdate',
		name: 'Page Updated: Reused Content',
		description: 'Content that a page reuses from another page changed',
	},
	{
		value: 'attachment_create',
		name: 'File Attached (Uploaded)',
		description: 'A file was attached to a page',
	},
	{ value: 'attachment_update', name: 'File Updated', description: 'A file got a new version' },
	{ value: 'attachment_delete', name: 'File Deleted', description: 'A file was deleted' },
	{
		value: 'attachment_move',
		name: 'File Moved or Renamed',
		description: 'A file was moved or renamed',
	},
	{
		value: 'attachment_copy',
		name: 'File Copied',
		description: 'A file was copied to another page',
	},
	{ value: 'attachment_restore', name: 'File Restored', description: 'A deleted file came back' },
	{
		value: 'pageproperty_create',
		name: 'Property of Page Added',
		description: 'A property was added to a page',
	},
	{
		value: 'pageproperty_update',
		name: 'Property of Page Updated',
		description: 'A property of a page changed',
	},
	{
		value: 'pageproperty_delete',
		name: 'Property of Page Deleted',
		description: 'A property of a page was deleted',
	},
	{
		value: 'attachmentproperty_create',
		name: 'Property of File Added',
		description: 'A property was added to a file',
	},
	{
		value: 'attachmentproperty_update',
		name: 'Property of File Updated',
		description: 'A property of a file changed',
	},
	{
		value: 'attachmentproperty_delete',
		name: 'Property of File Deleted',
		description: 'A property of a file was deleted',
	},
	{
		value: 'pagerestriction_update',
		name: 'Page Updated: Restriction (Public or Private)',
		description: 'The restriction of a page changed, e.g. from public to private',
	},
	{
		value: 'pagegrant_create',
		name: 'Page Access Granted (Permissions)',
		description: 'A user or group got access',
	},
	{
		value: 'pagegrant_delete',
		name: 'Page Access Revoked (Permissions)',
		description: 'A user or group lost access',
	},
	{ value: 'user_create', name: 'User Created', description: 'A user was created' },
	{ value: 'user_update', name: 'User Updated', description: 'A user changed' },
];

/** Key that is equal for all spellings of an event type; some are undocumented. */
export function eventKey(name: string): string {
	return name.toLowerCase().replace(/[\s._:]/g, '');
}

const PATH_FORMS = new Map(EVENT_TYPES.map(({ value }) => [eventKey(value), value]));

/** `page.content:update` → `pagecontent_update`; unlisted types, too: the vendor adds some. */
export function canonicalEventName(name: string): string {
	const byRule = name.trim().toLowerCase().replaceAll('.', '').replaceAll(':', '_');
	return PATH_FORMS.get(eventKey(name)) ?? byRule;
}

/** Returns the wanted events that are not registered, whatever the site's spelling. */
export function missingEvents(registered: string[], wanted: string[]): string[] {
	const keys = new Set(registered.map(eventKey));
	return wanted.filter((event) => !keys.has(eventKey(event)));
}
