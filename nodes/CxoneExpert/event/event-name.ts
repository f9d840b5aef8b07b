import { hash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isoTime } from '../api/elements';
import { attribute } from '../api/xml';
import type { ExpertEvent } from './parse';

/** 132 bits. */
const HASH_CHARS = 22;

/** Identifies an event and its copies by ID, type and time; `undefined` without an ID. */
export function eventNameOf({ type, xml }: ExpertEvent): string | undefined {
	return nameBy(attribute(xml, 'id'), type, isoTime(attribute(xml, 'datetime')));
}

export function eventNameOfItem(item: IDataObject): string | undefined {
	return nameBy(item.eventId, item.eventType, item.occurredAt);
}

function nameBy(id: unknown, type: unknown, time: unknown): string | undefined {
	return typeof id === 'string' ? hashOf([id, type, time]) : undefined;
}

export function hashOf(parts: unknown[]): string {
	return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, HASH_CHARS);
}
