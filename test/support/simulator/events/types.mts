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

const ofFiles = ['Create', 'Update', 'Copy', 'Move', 'Restore', 'Delete'];
const ofProperties = ['Create', 'Update', 'Delete'];

const families = {
	Page: ['Create', 'Copy', 'Move', 'Restore', 'Delete'],
	PageContent: ['Update', 'ContentReuseUpdate'],
	PageContentType: ['Update'],
	PageDisplayName: ['Update'],
	PageTag: ['Update'],
	PageProperty: ofProperties,
	PageRestriction: ['Update'],
	PageGrant: ['Create', 'Delete'],
	Attachment: ofFiles,
	AttachmentProperty: ofProperties,
	User: ['Create', 'Update'],
};

/** `PageContent` is `page.content` in XML. */
const xmlOf = (family: string) => family.replace(/(?<=^(Page|Attachment))(?=.)/, '.').toLowerCase();

export const eventTypes: readonly EventType[] = Object.entries(families).flatMap(([family, actions]) =>
	actions.map((action) => {
		const header = `${family}_${action}`;
		const xml = `${xmlOf(family)}:${action.toLowerCase()}`;
		return { path: header.toLowerCase(), header, xml };
	}),
);

/** Of the older feeds; no webhook is known to have it: docs/vendor-facts.md#drafts-and-publishing. */
export const draftPublish: EventType = {
	path: 'draft_publish',
	header: 'Draft_Publish',
	xml: 'draft:publish',
};

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
	const isNamed = ({ path, xml }: EventType) => [path, xml].includes(name.toLowerCase());
	const known = [...eventTypes, draftPublish].find(isNamed);
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

/**
 * Method and path pattern of the call behind an event; two are stated, the rest follow:
 * docs/vendor-facts.md#event-document.
 */
export function signatureOf(pathType: string): string {
	const [family = '', action = ''] = pathType.split('_');
	if (family === 'page' && action === 'delete') return 'DELETE:pages/*';
	if (family === 'page' && /^(copy|move)$/.test(action)) return `POST:pages/*/${action}`;
	if (family === 'page' && action === 'restore') return 'POST:archive/pages/*/restore';
	if (family === 'pagetag') return 'PUT:pages/*/tags';
	if (family.endsWith('property')) return 'PUT:pages/*/properties';
	if (/^page(restriction|grant)$/.test(family)) return 'PUT:pages/*/security';
	if (pathType === 'attachment_delete') return 'DELETE:files/*';
	if (pathType === 'attachment_move') return 'POST:files/*/move';
	if (family === 'attachment') return 'PUT:pages/*/files/*';
	if (pathType === draftPublish.path) return 'POST:drafts/*/publish';
	if (family === 'user') return action === 'create' ? 'POST:users' : 'PUT:users/*';
	return 'POST:pages/*/contents';
}
