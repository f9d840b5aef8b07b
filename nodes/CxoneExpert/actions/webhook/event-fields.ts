import type { INodeProperties } from 'n8n-workflow';

import { ALL_EVENTS, chosenEvents, EVENT_TYPES } from '../../shared/events';
import { optionsField } from '../input/fields';
import { asList, type OperationContext } from '../core/operation-context';

/** The event types of the trigger, with the same stored values. */
export const EVENT_OPTIONS = [
	{ name: 'All Events', value: ALL_EVENTS, description: 'Every event type in this list' },
	...EVENT_TYPES,
];

export const additionalEvents: INodeProperties = {
	displayName: 'Additional Events',
	name: 'additionalEvents',
	type: 'string',
	default: '',
	placeholder: 'e.g. draft_publish, page_view',
	description: 'Comma-separated names of event types that the list does not know yet',
};

export const events: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	default: [],
	options: EVENT_OPTIONS,
	description: 'Event types that the list does not know can be named under Options',
};

export const eventOptions = optionsField([additionalEvents]);

/** What was chosen in the list and what was typed, as it was entered. */
export function eventNames(run: OperationContext, field: string): string[] {
	return [...asList(run.parameter(field)), ...asList(run.options.additionalEvents)];
}

/** Path forms of the events that are entered, at least one. */
export function enteredEvents(run: OperationContext): string[] {
	const chosen = chosenEvents(eventNames(run, 'events'));
	if (chosen.length > 0) return chosen;
	return run.site.refuse({
		message: 'No events are chosen',
		description: 'Choose at least one event, or name one under Options > Additional Events.',
	});
}
