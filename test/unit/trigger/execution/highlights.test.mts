import { expect, it } from 'vitest';

import { MAX_HIGHLIGHT_CHARS } from '../../../../nodes/CxoneExpert/n8n/highlight.ts';
import { highlightsOf } from '../../../../nodes/CxoneExpert/trigger/execution/highlights.ts';

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The item of an event. */
const item = (deliveryId: string, eventType: string, path?: string) => ({
	...{ deliveryId, eventType },
	...(path === undefined ? {} : { page: { id: '1', path } }),
});

const created = item('d-1', 'page_create', 'A');
const highlighted = { eventType: 'page_create', pagePath: 'A', deliveryId: 'd-1' };

it.each<[string, object[], object]>([
	['one event by type, page and delivery', [created], highlighted],
	[
		'an event that is not simplified',
		[{ deliveryId: 'd-1', eventType: 'page_create', event: { page: { path: 'A' } } }],
		highlighted,
	],
	[
		'the home page, which has no path',
		[item('d-1', 'page_create', '')],
		{ eventType: 'page_create', deliveryId: 'd-1' },
	],
	[
		'several events of one delivery by each value once',
		[created, item('d-1', 'pagecontent_update', 'A'), item('d-1', 'page_create', 'B')],
		{ eventType: 'page_create, pagecontent_update', pagePath: 'A, B', deliveryId: 'd-1' },
	],
	[
		'many deliveries by as many whole ids as fit, and their number',
		Array.from({ length: 100 }, (_, number) => item(uuid(number), 'page_create')),
		{
			eventType: 'page_create',
			deliveryId: [0, 1, 2, 3, 4, 5].map(uuid).join(', '),
			deliveries: '100',
		},
	],
	[
		'long values by as much as n8n takes',
		[item('d', 'page_create', 'p'.repeat(1000))],
		{ eventType: 'page_create', pagePath: 'p'.repeat(MAX_HIGHLIGHT_CHARS), deliveryId: 'd' },
	],
	[
		'what was recovered, and what may have run before',
		[
			{ ...created, recovered: true },
			{ ...created, redelivered: true },
		],
		{ ...highlighted, recovered: 'true', redelivered: 'true' },
	],
])('highlightsOf finds %s', (_what, items, values) => {
	expect(highlightsOf(items as never)).toEqual(values);
});

it('highlightsOf finds what an option has left out by the name of the option', () => {
	const leftOutBy = ['Page Tags', 'Skip Drafts'];
	const leftOut = 'Page Tags, Skip Drafts';
	expect(highlightsOf([created], leftOutBy)).toEqual({ ...highlighted, leftOut });
});
