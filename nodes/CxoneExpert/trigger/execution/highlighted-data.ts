import type { INodeExecutionData } from 'n8n-workflow';

import { MAX_HIGHLIGHT_CHARS } from '../../n8n/highlight';
import { pageOfItem } from './page-query';

/** Divides several values in one. n8n's filter also finds a part of a value. */
const SEPARATOR = ', ';

/**
 * What an execution is found by: the delivery as the Expert Dashboard names it, the type of its event,
 * and the page. Several items give each value once, as many as fit.
 */
export function highlightsOf(items: INodeExecutionData[]): Record<string, string> {
	const events = items.map(({ json }) => json);
	const deliveryIds = distinct(events.map(({ deliveryId }) => deliveryId));
	const found = {
		eventType: joined(distinct(events.map(({ eventType }) => eventType))),
		pagePath: joined(distinct(events.map((json) => pageOfItem(json)?.path))),
		deliveryId: joined(deliveryIds),
		// The rest of many did not fit.
		deliveries: deliveryIds.length > 1 ? `${deliveryIds.length}` : '',
	};
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function distinct(values: unknown[]): string[] {
	const texts = values.filter((value) => typeof value === 'string' && value !== '');
	return [...new Set(texts as string[])];
}

/** The first values, as many as fit whole; a single one that is too long is cut. */
function joined([first = '', ...others]: string[]): string {
	let text = first.slice(0, MAX_HIGHLIGHT_CHARS);
	for (const value of others) {
		if (text.length + SEPARATOR.length + value.length > MAX_HIGHLIGHT_CHARS) break;
		text += SEPARATOR + value;
	}
	return text;
}
