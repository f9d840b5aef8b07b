import type { IDataObject } from 'n8n-workflow';

import { pageKey } from '../../api/path-segment';
import { siteTime } from '../../api/time';
import type { XmlElement } from '../../api/xml';
import { eventPage } from '../event/item';

/** Which page the site is asked about, as far as its event says so. */
export type PageQuery =
	| { kind: 'page'; key: string; label: string }
	| { kind: 'archived page'; id: string }
	| UnnamedPage;

/** An event that does not name its page, but of which type and time say something about it. */
export interface UnnamedPage {
	kind: 'unnamed page';
	change: 'created' | 'edited' | 'deleted';
	/** When, by the clock of the site; in ms since 1970. */
	at: number;
}

/** What such an event says of its page. Other changes leave no date at the page. */
const CHANGES = new Map<unknown, UnnamedPage['change']>([
	['page_create', 'created'],
	['pagecontent_update', 'edited'],
	['page_delete', 'deleted'],
]);

/** The page as the event of an item names it, whether the item was simplified or not. */
export function pageOfItem({ page, event }: IDataObject): IDataObject | undefined {
	return (page ?? (event && eventPage(event as XmlElement))) as IDataObject | undefined;
}

/** `undefined` when nothing can be asked: the event has nothing to do with a page, or names none. */
export function pageQuery(item: IDataObject): PageQuery | undefined {
	const { id, path } = pageOfItem(item) ?? {};
	const isNumber = /^\d+$/.test(String(id));
	if (isNumber && item.eventType === 'page_delete')
		return { kind: 'archived page', id: String(id) };
	if (isNumber) return { kind: 'page', key: String(id), label: `page ${String(id)}` };
	// A page that was deleted is not at its path any more, and the archive knows it by its number.
	if (typeof path === 'string' && item.eventType !== 'page_delete') return pageAt(path);
	return path === undefined ? unnamedPage(item) : undefined;
}

function pageAt(path: string): PageQuery {
	const label = path === '' ? 'the home page' : `page "${path}"`;
	return { kind: 'page', key: pageKey(path), label };
}

function unnamedPage({ eventType, occurredAt }: IDataObject): UnnamedPage | undefined {
	const change = CHANGES.get(eventType);
	const at = siteTime(occurredAt);
	return change === undefined || at === undefined
		? undefined
		: { kind: 'unnamed page', change, at };
}
