import { attribute, child, textOf, type XmlElement } from '../../transport/xml';
import { eventPathForm } from '../../trigger/events';
import { asText } from '../run';

/**
 * A change of the site under one name, whichever way it came: as an item of the trigger (simplified or
 * not) or of Page > Get Many Changed Since.
 *
 * A page that is created has the revision 1 (0 in old events), and a content update comes along: both
 * are one change. What is no creation and no edit has the id of its event, which only the trigger
 * knows; what the trigger could not read has that of its delivery.
 *
 * @returns `undefined` when the item names no change
 */
export function changeKey(item: Record<string, unknown>): string | undefined {
	const change = asText(item.change).toLowerCase();
	if (change === 'created' || change === 'edited') {
		const key = pageKey(change === 'created', item.id, item.revision);
		if (key !== undefined) return key;
	}
	return keyOfEvent(item);
}

function keyOfEvent(item: Record<string, unknown>): string | undefined {
	const type = eventPathForm(asText(item.eventType));
	if (type === 'page_create' || type === 'pagecontent_update') {
		const { id, revision } = pageOf(item);
		const key = pageKey(type === 'page_create', id, revision);
		if (key !== undefined) return key;
	}
	return named('event', item.eventId) ?? named('delivery', item.deliveryId);
}

function pageKey(isCreation: boolean, id: unknown, revision: unknown): string | undefined {
	const page = asText(id);
	const number = asText(revision);
	if (page === '') return undefined;
	if (isCreation || number === '0' || number === '1') return `created:${page}`;
	return number === '' ? undefined : `edited:${page}:${number}`;
}

function pageOf(item: Record<string, unknown>): { id?: unknown; revision?: unknown } {
	if (isObject(item.page)) return item.page;
	if (!isObject(item.event)) return {};
	const event = item.event as XmlElement;
	const page = child(event, 'page');
	return {
		id: attribute(page, 'id') ?? textOf(page, 'id'),
		// An edit names the new revision beside the page; the page's own one is 0 there.
		revision: textOf(event, 'revision') ?? attribute(page, 'revision'),
	};
}

function named(kind: string, id: unknown): string | undefined {
	const text = asText(id);
	return text === '' ? undefined : `${kind}:${text}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
