import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { changeKeys as keysOf } from '../../../../nodes/CxoneExpert/actions/change/change-key.ts';
import { readXml } from '../../../../nodes/CxoneExpert/api/xml.ts';

const changeKeys = (item: Record<string, unknown>) => keysOf(item, 'https://help.example.com');

const event = (eventType: string, page?: object) => ({
	...{ deliveryId: 'd-1', eventId: 'e-1', eventType },
	...(page === undefined ? {} : { page }),
});

const fixture = (name: string) => {
	const path = new URL(`../../../support/fixtures/events/${name}.xml`, import.meta.url);
	const read = readXml(readFileSync(path, 'utf8'));
	return read.ok ? read.value.root : {};
};

describe('changeKeys', () => {
	it.each([
		[
			'a creation',
			event('page_create', { id: '42', revision: 0 }),
			['created:help.example.com:42'],
		],
		[
			'a creation in another spelling',
			event('Page_Create', { id: '42' }),
			['created:help.example.com:42'],
		],
		[
			'the update that comes along',
			event('pagecontent_update', { id: '42', revision: 1 }),
			['created:help.example.com:42'],
		],
		[
			'an edit whose revision is not told',
			event('pagecontent_update', { id: '42', revision: 0 }),
			['event:e-1'],
		],
		[
			'an edit',
			event('pagecontent_update', { id: '42', revision: 7 }),
			['edited:help.example.com:42:7'],
		],
		['an edit without a revision', event('pagecontent_update', { id: '42' }), ['event:e-1']],
		['an edit without a page', event('pagecontent_update'), ['event:e-1']],
		['a creation without a page', event('page_create'), ['event:e-1']],
		['another event of a page', event('page_move', { id: '42', revision: 7 }), ['event:e-1']],
		['a user', event('user_create'), ['event:e-1']],
		[
			'what could not be read',
			{ deliveryId: 'd-1', eventType: 'page_create', unreadable: 'x' },
			['delivery:d-1'],
		],
	])('changeKeys gives a key for %s', (_what, item, keys) => {
		expect(changeKeys(item)).toEqual(keys);
	});

	it.each([
		['a creation', { change: 'created', id: '42', revision: 1 }, ['created:help.example.com:42']],
		[
			'a creation without a revision',
			{ change: 'created', id: '42' },
			['created:help.example.com:42'],
		],
		[
			'a page that was created and edited',
			{ change: 'created', id: '42', revision: 3 },
			['created:help.example.com:42', 'edited:help.example.com:42:3'],
		],
		['an edit', { change: 'edited', id: '42', revision: 7 }, ['edited:help.example.com:42:7']],
		[
			'an edit, numbers as they come out of a table',
			{ change: 'edited', id: 42, revision: '7' },
			['edited:help.example.com:42:7'],
		],
		[
			'the first revision',
			{ change: 'edited', id: '42', revision: 1 },
			['created:help.example.com:42'],
		],
		[
			'an edit that is not simplified',
			{ change: 'edited', '@id': '42', '@revision': '7' },
			['edited:help.example.com:42:7'],
		],
		[
			'an edit without a revision',
			{ change: 'edited', id: '42', modifiedAt: '2026-01-30T16:59:45Z' },
			['edited:help.example.com:42:2026-01-30T16:59:45Z'],
		],
	])('changeKeys gives a key for %s found by a catch-up', (_what, item, keys) => {
		expect(changeKeys(item)).toEqual(keys);
	});

	it('changeKeys finds page and revision in an event that is not simplified', () => {
		const edit = { ...event('pagecontent_update'), event: fixture('page-content-update') };
		expect(changeKeys(edit)).toEqual(['edited:help.example.com:322:14']);
		const creation = { ...event('page_create'), event: fixture('page-create') };
		expect(changeKeys(creation)).toEqual(['created:help.example.com:371']);
		expect(changeKeys({ ...event('page_create'), event: fixture('v1') })).toEqual(['event:e-1']);
	});

	it.each([
		{},
		{ id: '42', revision: 7 },
		{ change: 'deleted', id: '42' },
		{ change: 'edited', id: '' },
		{ change: 'edited', id: '42' },
		{ change: 'created' },
		{ page: { id: '42', revision: 7 } },
		{ eventType: 'page_create', page: null, event: 'x' },
	])('changeKeys gives no key for %j', (item) => {
		expect(changeKeys(item)).toEqual([]);
	});
});
