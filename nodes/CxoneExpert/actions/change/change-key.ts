import { attribute, child, textOf, type XmlElement } from '../../transport/xml';
import { eventPathForm } from '../../trigger/events';
import { asText } from '../run';

type Item = Record<string, unknown>;

/**
 * The names of the changes that an item stands for, the same whichever way a change came: as an item
 * of the trigger or of Page > Get Many Changed Since, simplified or not.
 *
 * A page that is created has the revision 1 (0 where a page was made by itself), and a content update
 * comes along: both are one change. What is neither creation nor edit has the id of its event, which
 * only the trigger knows; what the trigger could not read has that of its delivery.
 *
 * @returns one name, or two for a created page that was edited since; none when no change is named
 */
export function changeKeys(item: Item): string[] {
	const ofCatchUp = keysOfCatchUp(item);
	return ofCatchUp.length > 0 ? ofCatchUp : keysOfEvent(item);
}

function keysOfCatchUp(item: Item): string[] {
	const change = asText(item.change).toLowerCase();
	const id = asText(item.id ?? item['@id']);
	if (id === '') return [];
	const revision = asText(item.revision ?? item['@revision']);
	if (change === 'created') {
		return [created(id), ...(isOfCreation(revision) ? [] : edited(id, revision))];
	}
	if (change !== 'edited') return [];
	// Without a revision the time tells two edits apart, but not that one of them came as an event.
	return revision === '' ? edited(id, timeOf(item)) : editedPage(id, revision);
}

function timeOf(item: Item): string {
	return asText(item.modifiedAt ?? item['date.modified']);
}

function keysOfEvent(item: Item): string[] {
	const { id, revision } = pageOf(item);
	const type = eventPathForm(asText(item.eventType));
	if (type === 'page_create' && id !== '') return [created(id)];
	// 0 is what the short form of a page says at every event: which edit it was is not known then.
	const isEdit = type === 'pagecontent_update' && id !== '' && revision !== '0';
	const keys = isEdit ? editedPage(id, revision) : [];
	if (keys.length > 0) return keys;
	return [...named('event', item.eventId), ...named('delivery', item.deliveryId)].slice(0, 1);
}

function editedPage(id: string, revision: string): string[] {
	return isOfCreation(revision) ? [created(id)] : edited(id, revision);
}

function isOfCreation(revision: string): boolean {
	return revision === '0' || revision === '1';
}

function created(id: string): string {
	return `created:${id}`;
}

function edited(id: string, revisionOrTime: string): string[] {
	return revisionOrTime === '' ? [] : [`edited:${id}:${revisionOrTime}`];
}

function named(kind: string, id: unknown): string[] {
	const text = asText(id);
	return text === '' ? [] : [`${kind}:${text}`];
}

function pageOf({ page, event }: Item): { id: string; revision: string } {
	if (isObject(page)) return { id: asText(page.id), revision: asText(page.revision) };
	const xml = isObject(event) ? (event as XmlElement) : undefined;
	const element = child(xml, 'page');
	return {
		id: attribute(element, 'id') ?? textOf(element, 'id') ?? '',
		// An edit names the new revision beside the page; the page's own one is 0 there.
		revision: textOf(xml, 'revision') ?? attribute(element, 'revision') ?? '',
	};
}

function isObject(value: unknown): value is Item {
	return typeof value === 'object' && value !== null;
}
