import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { canonicalEventName } from '../../shared/events';
import { asText } from '../input/text';

type Item = Record<string, unknown>;

/**
 * The keys of the changes that an item stands for. A change has the same key as an item of the trigger
 * and as an item of Page > Get Many Changed Since, simplified or not.
 *
 * Page ids are counted per site, so a key contains the host of the page's address. A page without an
 * address may belong to the site of the node's credential or to another one. It gets a key for that site
 * and one for the site id in the event: both must be known for the change to be known.
 *
 * A page that is created has the revision 1 (0 when the site created it by itself), and a content update
 * comes along: both are one change. A change that is neither creation nor edit has the id of its event,
 * which only the trigger knows; a delivery that the trigger could not read has the id of the delivery.
 *
 * @param origin of the site of the credential
 * @returns one key; more for a created page that was edited since, and for a page without an address;
 * none when the item names no change
 */
export function changeKeys(item: Item, origin: string | undefined): string[] {
	const ofCatchUp = keysOfCatchUp(item, origin);
	return ofCatchUp.length > 0 ? ofCatchUp : keysOfEvent(item, origin);
}

function keysOfCatchUp(item: Item, origin: string | undefined): string[] {
	const change = asText(item.change).toLowerCase();
	const id = asText(item.id ?? item['@id']);
	if (id === '') return [];
	const site = hostOf(item.url ?? item['uri.ui']) ?? hostOf(origin);
	const page = `${site}:${id}`;
	const revision = asText(item.revision ?? item['@revision']);
	if (change === 'created') {
		return [created(page), ...(isOfCreation(revision) ? [] : edited(page, revision))];
	}
	if (change !== 'edited') return [];
	// Without a revision the time tells two edits apart, but does not match an event to either of them.
	return revision === '' ? edited(page, timeOf(item)) : editedPage(page, revision);
}

function timeOf(item: Item): string {
	return asText(item.modifiedAt ?? item['date.modified']);
}

function keysOfEvent(item: Item, origin: string | undefined): string[] {
	const { id, revision, sites } = pageOf(item, origin);
	const pages = id === '' ? [] : sites.map((site) => `${site}:${id}`);
	const type = canonicalEventName(asText(item.eventType));
	// The short form of a page has 0 in every event: then it is unknown which edit it was.
	const isEdit = type === 'pagecontent_update' && revision !== '0';
	const keys = pages.flatMap((page) => {
		if (type === 'page_create') return created(page);
		return isEdit ? editedPage(page, revision) : [];
	});
	if (keys.length > 0) return keys;
	return [...named('event', item.eventId), ...named('delivery', item.deliveryId)].slice(0, 1);
}

function editedPage(page: string, revision: string): string[] {
	return isOfCreation(revision) ? [created(page)] : edited(page, revision);
}

function isOfCreation(revision: string): boolean {
	return revision === '0' || revision === '1';
}

function created(page: string): string {
	return `created:${page}`;
}

function edited(page: string, revisionOrTime: string): string[] {
	return revisionOrTime === '' ? [] : [`edited:${page}:${revisionOrTime}`];
}

function named(kind: string, id: unknown): string[] {
	const text = asText(id);
	return text === '' ? [] : [`${kind}:${text}`];
}

interface NamedPage {
	id: string;
	revision: string;
	/** The possible names of the site of the page. */
	sites: string[];
}

function pageOf({ page, event, siteId }: Item, origin: string | undefined): NamedPage {
	if (isObject(page)) {
		const sites = sitesOf(page.url, siteId, origin);
		return { id: asText(page.id), revision: asText(page.revision), sites };
	}
	const xml = isObject(event) ? (event as XmlElement) : undefined;
	const element = child(xml, 'page');
	return {
		id: attribute(element, 'id') ?? textOf(element, 'id') ?? '',
		// An edit names the new revision beside the page; the page's own one is 0 there.
		revision: textOf(xml, 'revision') ?? attribute(element, 'revision') ?? '',
		sites: sitesOf(textOf(element, 'uri.ui'), attribute(xml, 'wikiid'), origin),
	};
}

function sitesOf(url: unknown, siteId: unknown, origin: string | undefined): string[] {
	const host = hostOf(url);
	if (host !== undefined) return [host];
	return [`${hostOf(origin)}`, asText(siteId)].filter((site) => site !== '');
}

/** The host of an address; `undefined` for anything else. */
function hostOf(url: unknown): string | undefined {
	const text = asText(url);
	return URL.canParse(text) ? new URL(text).host : undefined;
}

function isObject(value: unknown): value is Item {
	return typeof value === 'object' && value !== null;
}
