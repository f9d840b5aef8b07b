import { compact } from '../api/elements';
import { attribute, child, textOf, type XmlElement } from '../api/xml';
import type { ExpertEvent } from './parse';

export interface EventUser {
	id?: string;
	name?: string;
}

/** The user of an event: the one it is about or by, else the one whose API call caused it. */
export function eventUser(xml: XmlElement): EventUser | undefined {
	return userOf(child(xml, 'user')) ?? callingUser(xml);
}

/**
 * The user who caused an event, as far as the event says so: whose API call it was, else whom it
 * names. A user event names only the user it is about.
 */
export function causingUser({ type, xml }: ExpertEvent): EventUser | undefined {
	const named = type?.startsWith('user_') ? undefined : userOf(child(xml, 'user'));
	return callingUser(xml) ?? named;
}

function callingUser(xml: XmlElement): EventUser | undefined {
	return userOf(child(child(xml, 'request'), 'user'));
}

/** `undefined` when neither id nor name is there. */
function userOf(user: XmlElement | undefined): EventUser | undefined {
	const name =
		textOf(user, 'username') ??
		textOf(user, 'nick') ??
		textOf(user, 'name') ??
		attribute(user, 'username') ??
		attribute(user, 'name');
	const id = attribute(user, 'id') ?? textOf(user, 'id');
	return id === undefined && name === undefined ? undefined : compact({ id, name });
}
