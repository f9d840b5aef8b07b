import { describe, expect, it } from 'vitest';

import { MAX_HIGHLIGHT_CHARS } from '../../../../nodes/CxoneExpert/n8n/highlight.ts';
import { highlightsOf } from '../../../../nodes/CxoneExpert/trigger/execution/execute.ts';

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The item of an event. */
const item = (deliveryId: string, eventType: string, path?: string) => ({
	...{ deliveryId, eventType },
	...(path === undefined ? {} : { page: { id: '1', path } }),
});

describe('highlightsOf', () => {
	it('an execution is found by event type, page and delivery', () => {
		expect(highlightsOf([item('d-1', 'page_create', 'Guides/New')])).toEqual({
			eventType: 'page_create',
			pagePath: 'Guides/New',
			deliveryId: 'd-1',
		});
	});

	it('the page of an event that is not simplified is found', () => {
		const event = { page: { path: 'Guides/New' } };
		const items = [{ deliveryId: 'd-1', eventType: 'page_create', event }];
		expect(highlightsOf(items).pagePath).toBe('Guides/New');
	});

	it.each([
		['an event without a page', item('d-1', 'user_create')],
		['the home page', item('d-1', 'page_create', '')],
	])('%s has no path', (_case, event) => {
		expect(highlightsOf([event])).not.toHaveProperty('pagePath');
	});

	it('an item that says nothing is highlighted by nothing', () => {
		expect(highlightsOf([{}])).toEqual({});
		expect(highlightsOf([])).toEqual({});
	});

	it('several events of one delivery give each value once', () => {
		const items = [
			item('d-1', 'page_create', 'A'),
			item('d-1', 'pagecontent_update', 'A'),
			item('d-1', 'page_create', 'B'),
		];
		expect(highlightsOf(items)).toEqual({
			eventType: 'page_create, pagecontent_update',
			pagePath: 'A, B',
			deliveryId: 'd-1',
		});
	});

	it('many deliveries give as many whole ids as fit, and their number', () => {
		const items = Array.from({ length: 100 }, (_, number) => item(uuid(number), 'page_create'));
		expect(highlightsOf(items)).toEqual({
			eventType: 'page_create',
			deliveryId: [0, 1, 2, 3, 4, 5].map(uuid).join(', '),
			deliveries: '100',
		});
	});

	it('values are never longer than n8n takes', () => {
		const items = [item('d'.repeat(200), 'page_create', 'p'.repeat(1000))];
		expect(highlightsOf(items).pagePath).toBe('p'.repeat(MAX_HIGHLIGHT_CHARS));
	});
});
