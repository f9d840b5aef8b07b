import { canonicalEventName, EVENT_TYPES, eventKey } from '../api/event-types';

/** Selects every listed event type. */
export const ALL_EVENTS = '*';
/** Shows a field for unlisted event types: the vendor adds some over time. */
export const OTHER_EVENTS = 'other';

export const EVENT_CHOICES = [
	...EVENT_TYPES,
	{ name: 'All Events', value: ALL_EVENTS, description: 'Every event type in this list' },
	{
		name: 'Unlisted Events',
		value: OTHER_EVENTS,
		description: 'Event types that this list does not have: name them below',
	},
];

/** Not an Expert event type: trigger/execution/first-publications.ts infers it from two of them. */
export const PAGE_PUBLISHED = {
	name: 'Page Published (First Time)',
	value: 'page_published',
	description: 'Readers can open a page for the first time; no drafts. Edits start an execution that ends at once.',
};

/** No list has this event: see draft-publish.ts. */
export const DRAFT_PUBLISHED = { name: 'Draft Published', value: 'draft_publish' };

const NAMES = new Map(
	[...EVENT_TYPES, PAGE_PUBLISHED, DRAFT_PUBLISHED].map(({ name, value }) => [value, name.replace(/ \([^)]*\)$/, '')]),
);

/** Returns the name in the list without the explanation in parentheses, or the type of an unlisted event. */
export function shownName(type: string): string {
	return NAMES.get(type) ?? type;
}

const NO_DRAFTS =
	"A page was created. A new draft is not found: for new articles, choose 'Page Published (First Time)'.";
const NEEDS_ADMIN = 'A page was deleted. The user of the token needs the Admin role.';

/** Event types that can tell of a page's first publication. */
export const PUBLISHING_EVENTS = ['page_create', 'pagecontent_update'] as const;

/** The trigger's choices. n8n's nodes panel shows each as an action, in this order. */
export const TRIGGER_CHOICES = [PAGE_PUBLISHED, ...EVENT_CHOICES].map((choice) => ({
	...choice,
	// The panel would drop colons and parentheses of the name.
	action: `On ${choice.name.toLowerCase()}`,
}));

/** Events that a search of the site finds, with what to know about that. */
const FOUND = new Map([
	[PAGE_PUBLISHED.value, {}],
	['page_create', { description: NO_DRAFTS }],
	['page_delete', { description: NEEDS_ADMIN }],
	['pagecontent_update', {}],
]);

/** The choices of the polling trigger. */
export const POLLING_CHOICES = TRIGGER_CHOICES.filter(({ value }) => FOUND.has(value)).map((choice) => ({
	...choice,
	...FOUND.get(choice.value),
}));

export function isPagePublished(name: string): boolean {
	return eventKey(name) === eventKey(PAGE_PUBLISHED.value);
}

/** Event types to register; {@link PAGE_PUBLISHED} and "All Events" stand for several. */
export function chosenEvents(names: string[]): string[] {
	const all = names.some((name) => name.trim() === ALL_EVENTS) ? EVENT_TYPES.map(({ value }) => value) : [];
	const named = names
		.flatMap((name) => (isPagePublished(name) ? PUBLISHING_EVENTS : canonicalEventName(name)))
		.filter((name) => name !== '' && ![ALL_EVENTS, OTHER_EVENTS].includes(name));
	return [...new Map([...all, ...named].map((name) => [eventKey(name), name])).values()];
}
