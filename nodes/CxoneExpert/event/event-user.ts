import { compact } from '../api/elements';
import { attribute, child, textOf, type XmlElement } from '../api/xml';
import type { ExpertEvent } from './parse';

export interface EventUser {
	id?: string;
	name?: string;
}

/** The user that an event is about or by, else the one whose API call caused it. */
export function eventUser(xml: XmlElement): EventUser | undefined {
	return eventUserOf(child(xml, 'user')) ?? callingUser(xml);
}

/** For messages: the full name of who did it, else the user name. A user event names only the user it is about. */
export function doerName({ type, xml }: ExpertEvent): string | undefined {
	const caller = child(child(xml, 'request'), 'user');
	const user = isUserEvent(type) ? caller : (child(xml, 'user') ?? caller);
	return textOf(user, 'fullname') ?? eventUserOf(user)?.name;
}

export function isUserEvent(type: unknown): boolean {
	return typeof type === 'string' && type.startsWith('user_');
}

/** Returns who made the API call, else the named user. A user event names only the user it is about. */
export function causingUser({ type, xml }: ExpertEvent): EventUser | undefined {
	const named = isUserEvent(type) ? undefined : eventUserOf(child(xml, 'user'));
	return callingUser(xml) ?? named;
}

function callingUser(xml: XmlElement): EventUser | undefined {
	return eventUserOf(child(child(xml, 'request'), 'user'));
}

/** `undefined` when there is neither ID nor name. */
export function eventUserOf(user: XmlElement | undefined): EventUser | undefined {
	const name =
		textOf(user, 'username') ??
		textOf(user, 'nick') ??
		textOf(user, 'name') ??
		attribute(user, 'username') ??
		attribute(user, 'name');
	const id = attribute(user, 'id') ?? textOf(user, 'id');
	return id === undefined && name === undefined ? undefined : compact({ id, name });
}
