/**
 * The 27 event types as path form, header form and XML type: see docs/vendor-facts.md#event-types.
 */
export interface EventType {
	/** In the path of the events API: `page_create`. */
	path: string;
	/** In X-Nexus-Event-Type and in API responses: `Page_Create`. */
	header: string;
	/** In `event/@type`: `page:create`. */
	xml: string;
}

const rows = [
	['page_create', 'Page_Create', 'page:create'],
	['page_copy', 'Page_Copy', 'page:copy'],
	['page_move', 'Page_Move', 'page:move'],
	['page_restore', 'Page_Restore', 'page:restore'],
	['page_delete', 'Page_Delete', 'page:delete'],
	['pagecontent_update', 'PageContent_Update', 'page.content:update'],
	[
		'pagecontent_contentreuseupdate',
		'PageContent_ContentReuseUpdate',
		'page.content:contentreuseupdate',
	],
	['pagecontenttype_update', 'PageContentType_Update', 'page.contenttype:update'],
	['pagedisplayname_update', 'PageDisplayName_Update', 'page.displayname:update'],
	['pagetag_update', 'PageTag_Update', 'page.tag:update'],
	['pageproperty_create', 'PageProperty_Create', 'page.property:create'],
	['pageproperty_update', 'PageProperty_Update', 'page.property:update'],
	['pageproperty_delete', 'PageProperty_Delete', 'page.property:delete'],
	['pagerestriction_update', 'PageRestriction_Update', 'page.restriction:update'],
	['pagegrant_create', 'PageGrant_Create', 'page.grant:create'],
	['pagegrant_delete', 'PageGrant_Delete', 'page.grant:delete'],
	['attachment_create', 'Attachment_Create', 'attachment:create'],
	['attachment_update', 'Attachment_Update', 'attachment:update'],
	['attachment_copy', 'Attachment_Copy', 'attachment:copy'],
	['attachment_move', 'Attachment_Move', 'attachment:move'],
	['attachment_restore', 'Attachment_Restore', 'attachment:restore'],
	['attachment_delete', 'Attachment_Delete', 'attachment:delete'],
	['attachmentproperty_create', 'AttachmentProperty_Create', 'attachment.property:create'],
	['attachmentproperty_update', 'AttachmentProperty_Update', 'attachment.property:update'],
	['attachmentproperty_delete', 'AttachmentProperty_Delete', 'attachment.property:delete'],
	['user_create', 'User_Create', 'user:create'],
	['user_update', 'User_Update', 'user:update'],
] as const;

export const eventTypes: readonly EventType[] = rows.map(([path, header, xml]) => ({
	path,
	header,
	xml,
}));

/**
 * The event types whose path form takes no case into account (the server accepts any):
 * docs/vendor-facts.md#event-types.
 */
export function eventTypeByPath(name: string): EventType | undefined {
	return eventTypes.find((type) => type.path === name.toLowerCase());
}

/**
 * The type for any spelling; unknown names (older feeds know some) are carried as they are:
 * docs/vendor-facts.md#event-types.
 */
export function eventTypeOf(name: string): EventType {
	const known = eventTypeByPath(name) ?? eventTypes.find((type) => type.xml === name.toLowerCase());
	if (known) return known;
	const path = name.replaceAll('.', '').replace(':', '_').toLowerCase();
	return { path, header: path, xml: name.includes(':') ? name : path.replace('_', ':') };
}

/**
 * Path forms of the types whose sample says `journaled="false"`: see
 * docs/vendor-facts.md#event-families.
 */
export const notJournaled = new Set([
	'page_move',
	'page_delete',
	'page_restore',
	'pagedisplayname_update',
	'pagetag_update',
	'pagerestriction_update',
	'pagegrant_create',
	'pagegrant_delete',
	'user_create',
	'user_update',
]);
