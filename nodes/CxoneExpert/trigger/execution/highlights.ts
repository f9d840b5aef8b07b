import type { IDataObject } from 'n8n-workflow';

import { pageOfItem } from '../../event/item';
import { MAX_HIGHLIGHT_CHARS } from '../../n8n/highlight';
import type { StepItem } from './step-item';

/** Why an event is left out that no option has left out. */
const HAS_RUN = 'Ran Before';

/** Options that left out some of these, and whether some have run before: such an execution looks like any other. */
export function reasonsOf(items: StepItem[]): string[] {
	const options = distinct(items.map(({ leftOutBy }) => leftOutBy)).sort();
	return items.some(({ hasRun }) => hasRun) ? [...options, HAS_RUN] : options;
}

/** Separates several values in one. n8n's filter also finds a part of a value. */
const SEPARATOR = ', ';

/**
 * What finds an execution: the delivery ID as the Expert Dashboard shows it, event type, page, and whatever sets the
 * execution apart. Several items give each value once, as many as fit.
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
		// The rest of many did not fit.
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

/** The first values, as many as fit whole. A single one that is too long is cut. */
function joined([first = '', ...others]: string[]): string {
	let text = first.slice(0, MAX_HIGHLIGHT_CHARS);
	for (const value of others) {
		if (text.length + SEPARATOR.length + value.length > MAX_HIGHLIGHT_CHARS) break;
		text += SEPARATOR + value;
	}
	return text;
}
