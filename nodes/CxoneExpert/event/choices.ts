import { canonicalEventName, EVENT_TYPES, eventKey } from '../api/event-types';

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

/** Whether a name stands for {@link PAGE_PUBLISHED}. */
export function isPagePublished(name: string): boolean {
	return eventKey(name) === eventKey(PAGE_PUBLISHED.value);
}

/**
 * The event types to register, each once: the named ones, those by which the trigger tells a first publication, and all
 * 27 if "All Events" is among the names.
 */
export function chosenEvents(names: string[]): string[] {
	const all = names.some((name) => name.trim() === ALL_EVENTS)
		? [...EVENT_TYPES.map(({ value }) => value)]
		: [];
	const named = names
		.flatMap((name) => (isPagePublished(name) ? PUBLISHING_EVENTS : canonicalEventName(name)))
		.filter((name) => name !== '' && ![ALL_EVENTS, OTHER_EVENTS].includes(name));
	return [...new Map([...all, ...named].map((name) => [eventKey(name), name])).values()];
}
