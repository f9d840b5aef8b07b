import { OTHER_EVENTS } from '../event/choices';
import { type Declared, type Field, flagField, listField } from './field';

export const simplify = flagField({
	displayName: 'Simplify',
	name: 'simplify',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

/** @param events name of the field that offers "Unlisted Events" */
export function additionalEventsField(events: string, changes?: Partial<Declared>): Field<string[]> {
	return listField({
		displayName: 'Additional Events',
		name: 'additionalEvents',
		placeholder: 'e.g. first_event, second_event',
		displayOptions: { show: { [events]: [OTHER_EVENTS] } },
		description: 'Names of event types that are not in the list yet, separated by commas',
		...changes,
	});
}
