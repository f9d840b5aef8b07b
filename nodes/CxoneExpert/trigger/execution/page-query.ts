import type { IDataObject } from 'n8n-workflow';

import { pageKey } from '../../api/path-segment';
import { type Change, changeOfItem } from '../../event/change';
import { pageOfItem } from '../../event/item';

/** The page about which the site is asked. */
export type PageQuery =
	| { kind: 'page'; key: string; label: string }
	| { kind: 'deleted page'; id: string }
	/** The event gives it away by type and time. */
	| { kind: 'unnamed page'; change: Change };

/** Returns `undefined` if there is nothing to ask, because the event is not about a page or does not say which one. */
export function pageQuery(item: IDataObject): PageQuery | undefined {
	const { id, path } = pageOfItem(item) ?? {};
	const isDeleted = item.eventType === 'page_delete';
	if (/^\d+$/.test(String(id))) return queryById(String(id), isDeleted);
	if (path === undefined) {
		const change = changeOfItem(item);
		return change && { kind: 'unnamed page', change };
	}
	// A deleted page has left its path, so the site finds it by number only.
	if (typeof path !== 'string' || isDeleted) return undefined;
	const label = path === '' ? 'the home page' : `page "${path}"`;
	return { kind: 'page', key: pageKey(path), label };
}

export function queryById(id: string, isDeleted: boolean): PageQuery {
	return isDeleted ? { kind: 'deleted page', id } : { kind: 'page', key: id, label: `page ${id}` };
}
