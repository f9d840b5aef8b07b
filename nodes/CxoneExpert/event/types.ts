/**
 * The event types that the vendor names (docs/vendor-facts.md#event-types). An event has three
 * spellings: `page_create` in the API's path, `Page_Create` in headers and API responses,
 * `page:create` in the XML (`page.content:update` with a dot). The path form is the one that is
 * documented for all of them, so it is ours.
 */
export const EVENT_TYPES: ReadonlyArray<{ value: string; name: string; description: string }> = [
	{
		value: 'attachment_create',
		name: 'File Attached',
		description: 'A file was attached to a page',
	},
	{
		value: 'attachment_copy',
		name: 'File Copied',
		description: 'A file was copied to another page',
	},
	{ value: 'attachment_delete', name: 'File Deleted', description: 'A file was deleted' },
	{
		value: 'attachment_move',
		name: 'File Moved or Renamed',
		description: 'A file was moved or renamed',
	},
	{ value: 'attachment_restore', name: 'File Restored', description: 'A deleted file came back' },
	{ value: 'attachment_update', name: 'File Updated', description: 'A file got a new version' },
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
	{ value: 'page_copy', name: 'Page Copied', description: 'A page was copied' },
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
	{
		value: 'pagecontent_update',
		name: 'Page Updated: Content (Edited or Published)',
		description: 'The text of a page was edited, or a draft was published',
	},
	{
		value: 'pagerestriction_update',
		name: 'Page Updated: Restriction (Public or Private)',
		description: 'The restriction of a page changed, e.g. from public to private',
	},
	{
		value: 'pagecontent_contentreuseupdate',
		name: 'Page Updated: Reused Content',
		description: 'Content that a page reuses from another page changed',
	},
	{
		value: 'pagetag_update',
		name: 'Page Updated: Tags',
		description: 'Tags were added or removed',
	},
	{
		value: 'pagedisplayname_update',
		name: 'Page Updated: Title',
		description: 'The title of a page changed',
	},
	{
		value: 'pagecontenttype_update',
		name: 'Page Updated: Type',
		description: 'The article type of a page changed',
	},
	{
		value: 'attachmentproperty_create',
		name: 'Property of File Added',
		description: 'A property was added to a file',
	},
	{
		value: 'attachmentproperty_delete',
		name: 'Property of File Deleted',
		description: 'A property of a file was deleted',
	},
	{
		value: 'attachmentproperty_update',
		name: 'Property of File Updated',
		description: 'A property of a file changed',
	},
	{
		value: 'pageproperty_create',
		name: 'Property of Page Added',
		description: 'A property was added to a page',
	},
	{
		value: 'pageproperty_delete',
		name: 'Property of Page Deleted',
		description: 'A property of a page was deleted',
	},
	{
		value: 'pageproperty_update',
		name: 'Property of Page Updated',
		description: 'A property of a page changed',
	},
	{ value: 'user_create', name: 'User Created', description: 'A user was created' },
	{ value: 'user_update', name: 'User Updated', description: 'A user changed' },
];

/** Selects every event type in the node's list. */
export const ALL_EVENTS = '*';
/** Shows a field for names of event types that are not in the list: the vendor adds some over time. */
export const OTHER_EVENTS = 'other';

/** The list that a workflow author chooses from, in the order of the alphabet. */
export const EVENT_CHOICES = [
	{ name: 'All Events', value: ALL_EVENTS, description: 'Every event type in this list' },
	...EVENT_TYPES,
	{
		name: 'Unlisted Events',
		value: OTHER_EVENTS,
		description: 'Event types that this list does not have: name them below',
	},
].sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** A choice of the trigger that is no event type of Expert's: trigger/execution/publication.ts tells it by two of them. */
export const PAGE_PUBLISHED = {
	name: 'Page Published (First Time)',
	value: 'page_published',
	description:
		'Readers can open a page for the first time; no drafts. Edits start an execution that ends at once.',
};

/** The event types that can tell of the first publication of a page. */
export const PUBLISHING_EVENTS = ['page_create', 'pagecontent_update'] as const;

/** What the trigger offers. n8n's nodes panel shows each as an action, in this order. */
export const TRIGGER_CHOICES = [PAGE_PUBLISHED, ...EVENT_CHOICES].map((choice) => ({
	...choice,
	// Without it the panel drops colons and parentheses.
	action: `On ${choice.name.toLowerCase()}`,
}));

/** A key under which all spellings of one event type are equal; some are not documented. */
export function eventKey(name: string): string {
	return name.toLowerCase().replace(/[\s._:]/g, '');
}

const PATH_FORMS = new Map(EVENT_TYPES.map(({ value }) => [eventKey(value), value]));

/**
 * The path form of an event name in any spelling: `page.content:update` → `pagecontent_update`.
 * Types that are not in the list come through by the same rule: the vendor adds some over time.
 */
export function canonicalEventName(name: string): string {
	const byRule = name.trim().toLowerCase().replaceAll('.', '').replaceAll(':', '_');
	return PATH_FORMS.get(eventKey(name)) ?? byRule;
}

/** Whether a name stands for {@link PAGE_PUBLISHED}. */
export function isPagePublished(name: string): boolean {
	return eventKey(name) === eventKey(PAGE_PUBLISHED.value);
}

/**
 * The event types to register, each once: the named ones, those by which the trigger tells a first publication, and all
 * 27 if "All Events" is among the names.
 */
export function chosenEvents(names: string[]): string[] {
	const all = names.some((name) => name.trim() === ALL_EVENTS) ? [...PATH_FORMS.values()] : [];
	const named = names
		.flatMap((name) => (isPagePublished(name) ? PUBLISHING_EVENTS : canonicalEventName(name)))
		.filter((name) => name !== '' && ![ALL_EVENTS, OTHER_EVENTS].includes(name));
	return [...new Map([...all, ...named].map((name) => [eventKey(name), name])).values()];
}

/** Those of `wanted` that are not registered, however the site spells what is. */
export function missingEvents(registered: string[], wanted: string[]): string[] {
	const keys = new Set(registered.map(eventKey));
	return wanted.filter((event) => !keys.has(eventKey(event)));
}
