import { eventKey } from '../../trigger/events';

/** Those of `wanted` that are not registered, however the site spells what is. */
export function missingEvents(registered: string[], wanted: string[]): string[] {
	const keys = new Set(registered.map(eventKey));
	return wanted.filter((event) => !keys.has(eventKey(event)));
}
