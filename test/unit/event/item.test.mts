import { describe, expect, it } from 'vitest';

import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import {
	type DeliveryMeta,
	eventItem,
	unreadableItem,
} from '../../../nodes/CxoneExpert/event/item.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { eventBytes, parameters } from '../../support/unit/samples.mts';

const arrival: DeliveryMeta = {
	deliveryId: 'd-1',
	receivedAt: new Date('2026-01-30T17:00:00.250Z'),
	headers: {},
	redelivered: false,
	siteOrigin: 'https://help.example.com',
};

function itemOf(
	bytes: Buffer | string,
	changed: Partial<TriggerParameters> = {},
	changedArrival: Partial<DeliveryMeta> = {},
) {
	const message = parseDelivery(Buffer.from(bytes as string), 'text/xml');
	const at = { ...arrival, ...changedArrival };
	if ('unreadable' in message) return unreadableItem(message, at, parameters(changed));
	const [event] = message.events;
	if (event === undefined) throw new Error('no event');
	return eventItem(event, message.rawXml, at, parameters(changed));
}

const arrived = { deliveryId: 'd-1', receivedAt: '2026-01-30T17:00:00.250Z' };
const pageAt = (id: string, path: string) => ({
	...{ id, path },
	url: `https://help.example.com/${path}`,
});
const topic23 = pageAt('322', 'Category_2/Guide_2/Topic_2.3');
const guide1 = pageAt('5263', 'Category_1/Guide_1');
const file = { id: '88', name: 'x.png', revision: 2, size: 210537 };
const V1 = '143c3406-fdfd-11f0-8674-aa9553f76750 2026-01-30T16:59:45Z';

/**
 * One document for each event family (docs/vendor-facts.md#event-families), and the published ones: its type, its id
 * and time, and what its item has besides.
 */
const ITEMS: Array<[document: string, eventType: string, idAndTime: string, rest: object]> = [
	['v1', 'page_create', V1, { siteId: 'site_1' }],
	['b2', 'pagecontent_update', V1, { siteId: 'site_1', page: { ...topic23, revision: 14 } }],
	[
		'page-create',
		'page_create',
		'6d3a28c8-0817-11e7-8868-650cdd2a5944 2017-03-13T18:03:56Z',
		{ page: pageAt('371', 'Category_2/Guide_2/New_Page') },
	],
	[
		'page-copy',
		'page_copy',
		'592f9086-d435-11e6-86d0-02227ebef7c7 2017-01-06T17:27:07Z',
		{ page: topic23, previous: { pageId: '320', path: 'Category_2/Guide_2/Topic_2.2' } },
	],
	[
		'page-move',
		'page_move',
		'1363b2da-1fd0-11e7-9af2-00e9ead2843a 2017-04-12T22:33:39Z',
		{
			page: pageAt('301', 'Category_1/Guide_1/Topic_One'),
			previous: { pageId: '301', path: 'Category_1/Guide_1/Topic_1' },
		},
	],
	[
		'page-delete',
		'page_delete',
		'55193494-1fc5-11e7-9474-fb713fc817a2 2017-04-12T21:16:45Z',
		{ page: pageAt('353', 'Category_3') },
	],
	[
		'page-content-update',
		'pagecontent_update',
		'2427d2e8-1884-11e7-a812-cb75b711b819 2017-04-03T15:42:27Z',
		{ page: { ...topic23, revision: 14 } },
	],
	[
		'page-displayname-update',
		'pagedisplayname_update',
		'cda7068a-207d-11e7-8a46-517b4eafeacc 2017-04-13T19:17:15Z',
		{ page: { ...guide1, title: 'Guide One' } },
	],
	[
		'page-tag-update',
		'pagetag_update',
		'7cefd3f4-de5e-11e6-b413-7d6ac60f32f5 2017-01-19T15:46:48Z',
		{
			page: pageAt('5232', 'My_Category/My_Guide/Page_Title'),
			...{ tagsAdded: ['article:reference'], tagsRemoved: ['article:topic'] },
		},
	],
	[
		'page-property-create',
		'pageproperty_create',
		'0592af70-9863-11e6-b0ef-ff32b3bb34b2 2016-10-22T14:22:54Z',
		// The home page: its path is there, and it is empty.
		{ page: pageAt('27', ''), property: { id: '3697', name: 'mindtouch.page#welcomeHidden' } },
	],
	[
		'page-restriction-update',
		'pagerestriction_update',
		'96edcefe-207c-11e7-be0e-3dcb73f58c8e 2017-04-13T19:08:33Z',
		{ page: pageAt('5257', 'Category_1/Guide_2'), previous: { restrictionId: '1' } },
	],
	[
		'page-grant-create',
		'pagegrant_create',
		'567b3e40-2083-11e7-807e-6231ed31b6f7 2017-04-13T19:56:52Z',
		{ page: guide1 },
	],
	[
		'page-grant-delete',
		'pagegrant_delete',
		'27262ad8-2083-11e7-986a-38fb9f192e48 2017-04-13T19:55:32Z',
		{ page: guide1 },
	],
	[
		'attachment-move',
		'attachment_move',
		'822d9a98-207d-11e7-98da-112080e3a2c6 2017-04-13T19:15:08Z',
		{
			...{ page: guide1, file },
			previous: {
				...{ pageId: '5266', path: 'Category_1/Guide_2/This_is_a_page' },
				...{ fileId: '88', fileName: 'x.png' },
			},
		},
	],
	[
		'attachment-property-create',
		'attachmentproperty_create',
		'822d9a98-207d-11e7-98da-112080e3a2c7 2017-04-13T19:15:09Z',
		{
			...{ page: guide1, file },
			property: { id: '3698', name: 'urn:deki.mindtouch.com#description' },
		},
	],
	[
		'user-update',
		'user_update',
		'5f701818-2079-11e7-9858-4e14786c2c6e 2017-04-13T18:45:32Z',
		{ user: { id: '6' } },
	],
];

/** Where something is absent in a way that is not absence; the home page's path may be empty. */
function notAbsent(value: unknown, place = 'item'): string[] {
	if (value === undefined || value === null) return [place];
	if (value === '') return place.endsWith('.path') ? [] : [place];
	if (typeof value !== 'object' || Array.isArray(value)) return [];
	const entries = Object.entries(value);
	if (entries.length === 0) return [place];
	return entries.flatMap(([name, inner]) => notAbsent(inner, `${place}.${name}`));
}

describe('eventItem, simplified', () => {
	it.each(ITEMS)(
		'the item of %s holds what the event has, and nothing else',
		(name, eventType, idAndTime, rest) => {
			const item = itemOf(eventBytes(name));
			const [eventId, occurredAt] = idAndTime.split(' ');
			const language = 'en-US';
			const expected = { ...arrived, eventType, eventId, occurredAt, language, ...rest };
			expect(item).toStrictEqual(expected);
			expect(notAbsent(item)).toEqual([]);
		},
	);

	it('the address of a page that is not ASCII is encoded, and no time or language is made up', () => {
		expect(itemOf(eventBytes('b3'))).toStrictEqual({
			...arrived,
			eventId: '143c3406-fdfd-11f0-8674-aa9553f76750',
			eventType: 'page_create',
			page: {
				...{ id: '371', path: 'Catégorie/Größe_日本' },
				url: 'https://help.example.com/Cat%C3%A9gorie/Gr%C3%B6%C3%9Fe_%E6%97%A5%E6%9C%AC',
			},
		});
	});

	it('the item begins with what people look for, and ends with its delivery', () => {
		const shown = Object.keys(itemOf(eventBytes('b2')));
		expect(shown).toEqual([
			'eventType',
			'page',
			'occurredAt',
			'language',
			'siteId',
			'eventId',
			'deliveryId',
			'receivedAt',
		]);
	});

	it('the item of an empty event holds the delivery only', () => {
		expect(itemOf('<event/>')).toStrictEqual(arrived);
	});

	it('the item has no key for what is there but empty', () => {
		const xml =
			'<event id="" type="page:create" datetime="" wikiid="" language=""><request/><page/><user/><file/><property/><source.page/></event>';
		expect(itemOf(xml)).toStrictEqual({ ...arrived, eventType: 'page_create' });
	});

	it('the item carries nothing that the contract does not name', () => {
		const item = itemOf(
			'<event type="page:create"><request id="r"><ip>10.0.0.1</ip><session-id>s</session-id><user id="1"><username>ann</username><email>ann@example.com</email></user></request></event>',
		);
		expect(item).toStrictEqual({
			...arrived,
			eventType: 'page_create',
			user: { id: '1', name: 'ann' },
		});
	});
});

describe('eventItem, page', () => {
	const full =
		'<event><page revision="3" id="0371" guid="11f6" draft.state="inactive" deleted="false"><uri.ui>https://docs.example.org/A/B</uri.ui><title>Größe &amp; B</title><path seo="true" type="custom">A/B</path><path.original>x</path.original><namespace>main</namespace><language>en-US</language></page></event>';

	it('a page in its full shape has its own title and address', () => {
		expect(itemOf(full).page).toStrictEqual({
			id: '0371',
			draftState: 'inactive',
			path: 'A/B',
			title: 'Größe & B',
			revision: 3,
			url: 'https://docs.example.org/A/B',
		});
	});

	it('a page has no address when neither event nor credential knows one', () => {
		const xml = '<event><page id="1"><path>A</path></page></event>';
		expect(itemOf(xml, {}, { siteOrigin: undefined }).page).toStrictEqual({ id: '1', path: 'A' });
		expect(itemOf('<event><page id="1"/></event>').page).toStrictEqual({ id: '1' });
	});
});

describe('eventItem, draft', () => {
	const stateOf = (page: string) =>
		(itemOf(`<event>${page}</event>`).page as Record<string, unknown> | undefined)?.draftState;

	it.each([
		['a page that nobody has published', '<page id="1" draft.state="unpublished"/>', 'unpublished'],
		['the same in another case', '<page id="1" draft.state="Unpublished"/>', 'unpublished'],
		[
			'the state as an element',
			'<page id="1"><draft.state>unpublished</draft.state></page>',
			'unpublished',
		],
		['a live page', '<page id="1" draft.state="inactive"/>', 'inactive'],
		['a live page with a draft beside it', '<page id="1" draft.state="active"/>', 'active'],
		[
			'an address of a draft',
			'<page id="1"><uri.ui>https://x.example/A?mt-draft=true</uri.ui></page>',
			'unpublished',
		],
		[
			'an address with more to it',
			'<page id="1"><uri.ui>https://x.example/A?a=b&amp;mt-draft=true#top</uri.ui></page>',
			'unpublished',
		],
		['a path of a draft', '<page id="1"><path>A?mt-draft=true</path></page>', 'unpublished'],
		[
			'a state, before the address',
			'<page id="1" draft.state="active"><uri.ui>https://x.example/A?mt-draft=true</uri.ui></page>',
			'active',
		],
		[
			'an address that only looks alike',
			'<page id="1"><uri.ui>https://x.example/mt-draft=true</uri.ui></page>',
			undefined,
		],
		['a state that nobody knows', '<page id="1" draft.state="frozen"/>', undefined],
		['no state', '<page id="1"><path>A</path></page>', undefined],
		['no page', '<user id="1"/>', undefined],
	])('the draft state of a page: %s', (_case, page, expected) => {
		expect(stateOf(page)).toBe(expected);
	});
});

describe('eventItem, types of values', () => {
	it('ids are text, however they look', () => {
		const item = itemOf(
			'<event id="007"><page id="18446744073709551615"/><user id="0"/><file id="1e3"/><property><id>0x1F</id></property><request id="1.10"/></event>',
		);
		expect(item).toMatchObject({
			eventId: '007',
			page: { id: '18446744073709551615' },
			user: { id: '0' },
			file: { id: '1e3' },
			property: { id: '0x1F' },
		});
	});

	it.each(['', '-1', '1e3', '1.5', 'many', '12345678901234567890'])(
		'a number that says %j is absent',
		(text) => {
			const xml = `<event><page id="1" revision="${text}"/><file id="2" revision="${text}" size="${text}"/><request id="r" seq="${text}" count="${text}"/></event>`;
			expect(itemOf(xml)).toStrictEqual({
				...arrived,
				page: { id: '1' },
				file: { id: '2' },
			});
		},
	);

	it('the size of a file can stand in its contents', () => {
		const xml = '<event><file id="1"><contents type="image/jpeg" size="30238"/></file></event>';
		expect(itemOf(xml).file).toStrictEqual({ id: '1', size: 30238 });
	});

	it.each([
		['one', '<tag><name>a</name></tag>', ['a']],
		['two', '<tag><name>a</name></tag><tag><name>b</name></tag>', ['a', 'b']],
		['in the short form', '<tag value="a"/><tag>b</tag>', ['a', 'b']],
		['none', '', []],
		['one without a name', '<tag><type>text</type></tag>', []],
	])('tags are a list of texts: %s', (_case, tags, expected) => {
		const xml = `<event><tags-added>${tags}</tags-added><tags-removed>${tags}</tags-removed></event>`;
		expect(itemOf(xml)).toStrictEqual({ ...arrived, tagsAdded: expected, tagsRemoved: expected });
	});

	it.each([
		['2026-01-30T16:59:45Z', '2026-01-30T16:59:45Z'],
		['2026-01-30T16:59:45.652Z', '2026-01-30T16:59:45.652Z'],
		['2026-01-30T17:59:45+01:00', '2026-01-30T16:59:45.000Z'],
		['Fri, 30 Jan 2026 16:59:45 GMT', '2026-01-30T16:59:45.000Z'],
		['soon', undefined],
		['2026-99-99T99:99:99Z', undefined],
	])('the time %s of an event becomes %s', (datetime, expected) => {
		expect(itemOf(`<event datetime="${datetime}"/>`).occurredAt).toBe(expected);
	});
});

describe('eventItem, previous', () => {
	it('previous holds the old title and the old path', () => {
		const xml =
			'<event><source.page id="1"><title>Old</title><path/></source.page><source.file id="2"><filename>a.png</filename></source.file></event>';
		expect(itemOf(xml).previous).toStrictEqual({
			pageId: '1',
			path: '',
			title: 'Old',
			fileId: '2',
			fileName: 'a.png',
		});
		const renamed =
			'<event><displayname.current>New</displayname.current><displayname.previous>Old</displayname.previous><page id="1"/></event>';
		expect(itemOf(renamed)).toMatchObject({ page: { title: 'New' }, previous: { title: 'Old' } });
	});
});

describe('eventItem, not simplified', () => {
	it('a raw item holds every element and attribute of the event', () => {
		expect(itemOf(eventBytes('page-tag-update'), { simplify: false })).toStrictEqual({
			...arrived,
			eventId: '7cefd3f4-de5e-11e6-b413-7d6ac60f32f5',
			eventType: 'pagetag_update',
			occurredAt: '2017-01-19T15:46:48Z',
			event: {
				'@id': '7cefd3f4-de5e-11e6-b413-7d6ac60f32f5',
				'@datetime': '2017-01-19T15:46:48Z',
				'@type': 'page.tag:update',
				'@language': 'en-US',
				'@journaled': 'false',
				'@version': '3',
				request: { '@id': '7cefd3f4-de5e-11e6-b413-b55a61c0accd' },
				page: { '@id': '5232', '@revision': '0', path: 'My_Category/My_Guide/Page_Title' },
				'tags-added': { tag: [{ name: 'article:reference', type: 'text' }] },
				'tags-removed': { tag: [{ name: 'article:topic', type: 'text' }] },
			},
		});
	});

	it('a raw item keeps unknown and empty elements and attributes', () => {
		const xml = '<event new="1"><thing x="2">text</thing><empty/></event>';
		expect(itemOf(xml, { simplify: false })).toStrictEqual({
			...arrived,
			event: { '@new': '1', thing: { '@x': '2', '#text': 'text' }, empty: '' },
		});
	});
});

describe('eventItem, additions', () => {
	const headers = {
		authorization: 'Bearer secret',
		cookie: 'session=secret',
		'proxy-authorization': 'Basic secret',
		'x-nexus-signature-256': 'sha256=secret',
		'x-nexus-timestamp': '1769792386',
		'x-nexus-event-type': 'Page_Create',
		'content-type': 'text/xml',
	};
	const xml = '<event  type="page:create" />';

	it('nothing is added to an item unless asked for', () => {
		expect(itemOf(xml, {}, { headers })).toStrictEqual({ ...arrived, eventType: 'page_create' });
	});

	it.each([true, false])('headers come without secrets (simplify: %s)', (simplify) => {
		const item = itemOf(xml, { includeHeaders: true, simplify }, { headers });
		expect(item.headers).toStrictEqual({
			'x-nexus-timestamp': '1769792386',
			'x-nexus-event-type': 'Page_Create',
			'content-type': 'text/xml',
		});
		expect(JSON.stringify(item)).not.toContain('secret');
	});

	it.each([
		'PROXY-AUTHORIZATION',
		'set-cookie',
		'x-deki-token',
		'X-Nexus-Signature-256',
		'x-api-key',
		'x-auth-request-access-token',
		'x-client-secret',
		'x-ssl-credential',
		'x-jwt-assertion',
		'x-proxy-password',
		'x-session-id',
	])('the header %s never comes, not even twice', (name) => {
		const twice = { [name]: ['secret', 'secret'], host: 'n8n.example.com' } as never;
		const item = itemOf(xml, { includeHeaders: true }, { headers: twice });
		expect(item.headers).toStrictEqual({ host: 'n8n.example.com' });
	});
});

describe('unreadableItem', () => {
	it.each([true, false])(
		'an unreadable item has its text, the reason and the type (simplify: %s)',
		(simplify) => {
			const headers = {
				'x-nexus-event-type': 'PageContent_Update',
				authorization: 'Bearer secret',
			};
			expect(itemOf('<event', { simplify }, { headers })).toStrictEqual({
				...arrived,
				eventType: 'pagecontent_update',
				rawXml: '<event',
				unreadable: 'not well-formed XML (line 1)',
			});
		},
	);
});
