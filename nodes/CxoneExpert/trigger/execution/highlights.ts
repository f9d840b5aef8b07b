import type { IDataObject } from 'n8n-workflow';

import { pageOfItem } from '../../event/item';
import { MAX_HIGHLIGHT_CHARS } from '../../n8n/highlight';
import type { StepItem } from './step-item';

/** The reason shown for an event that was left out, but by no option. */
const HAS_RUN = 'Ran Before';

/**
 * Lists the options that left out some items, and whether some have run before. Without that, such an execution looks
 * like any other.
 */
export function reasonsOf(items: StepItem[]): string[] {
	const options = distinct(items.map(({ leftOutBy }) => leftOutBy)).sort();
	return items.some(({ hasRun }) => hasRun) ? [...options, HAS_RUN] : options;
}

/** Separates several values of one highlight. n8n's filter also finds a part of a value. */
const SEPARATOR = ', ';

/**
 * Highlights by which people find an execution: the delivery ID as the Expert Dashboard shows it, event type, page, and
 * whatever sets the execution apart. For several items, each value appears once, as many as fit.
 *
 * @param reasons as {@link reasonsOf} gives them
 */
export function highlightsOf(items: IDataObject[], reasons: string[] = []): Record<string, string> {
	const isAny = (mark: string) => (items.some((item) => item[mark] === true) ? 'true' : '');
	const deliveryIds = distinct(items.map(({ deliveryId }) => deliveryId));
	const found = {
		eventType: joined(distinct(items.map(({ eventType }) => eventType))),
		pagePath: joined(distinct(items.map((item) => pageOfItem(item)?.path))),
		deliveryId: joined(deliveryIds),
		// Give the number, because not all IDs may fit.
		deliveries: deliveryIds.length > 1 ? `${deliveryIds.length}` : '',
		leftOut: joined(reasons),
		recovered: isAny('recovered'),
		redelivered: isAny('redelivered'),
	};
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function distinct(values: unknown[]): string[] {
	const texts = values.filter((value) => typeof value === 'string' && value !== '');
	return [...new Set(texts as string[])];
}

/** Joins the first values, as many as fit whole. A single one that is too long is cut. */
function joined([first = '', ...others]: string[]): string {
	let text = first.slice(0, MAX_HIGHLIGHT_CHARS);
	for (const value of others) {
		if (text.length + SEPARATOR.length + value.length > MAX_HIGHLIGHT_CHARS) break;
		text += SEPARATOR + value;
	}
	return text;
}
