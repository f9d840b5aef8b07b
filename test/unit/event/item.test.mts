import { describe, expect, it } from 'vitest';

import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { type DeliveryMeta, eventItem, unreadableItem } from '../../../nodes/CxoneExpert/event/item.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { eventBytes, parameters } from '../../support/unit/samples.mts';

const arrival: DeliveryMeta = {
	deliveryId: 'd-1',
	receivedAt: new Date('2026-01-30T17:00:00.250Z'),
	headers: {},
	redelivered: false,
	unverified: false,
	siteOrigin: 'https://help.example.com',
};

/** Without the texts for messages, which have their own table. */
function itemOf(...given: Parameters<typeof wholeItemOf>) {
	const { title: _title, by: _by, ...item } = wholeItemOf(...given);
	return item;
}

function wholeItemOf(
	bytes: Buffer | string,
	changed: Partial<TriggerParameters> = {},
	changedArrival: Partial<DeliveryMeta> = {},
) {
	const message = parseDelivery(Buffer.from(bytes as string), 'text/xml');
	const at = { ...arrival, ...changedArrival };
	if ('unreadable' in message) return unreadableItem(message, 'Page_Create', at, parameters(changed));
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

/**
 * Documents of the vendor whose items are not those of test/integration/sample-items.test.mts: their type, and
 * what the item has besides id and time.
 */
const ITEMS: Array<[document: string, eventType: string, rest: object]> = [
	[
		'b2',
		'pagecontent_update',
		{
			...{ siteId: 'site_1', page: { ...topic23, revision: 14 } },
			...{ eventName: 'Page Updated: Content', changes: { added: 4, removed: 0 } },
		},
	],
	[
		'page-grant-delete',
		'pagegrant_delete',
		{ eventName: 'Page Access Revoked', page: guide1, grant: { user: { id: '6' }, role: '3' } },
	],
	[
		'page-property-create',
		'pageproperty_create',
		// The home page: its path is there, and it is empty.
		{
			eventName: 'Property of Page Added',
			page: pageAt('27', ''),
			property: { id: '3697', name: 'mindtouch.page#welcomeHidden' },
		},
	],
	[
		'attachment-move',
		'attachment_move',
		{
			...{ eventName: 'File Moved or Renamed', page: guide1, file },
			previous: {
				...{ pageId: '5266', path: 'Category_1/Guide_2/This_is_a_page' },
				...{ fileId: '88', fileName: 'x.png' },
			},
		},
	],
];

describe('eventItem, simplified', () => {
	it.each(ITEMS)('the item of %s holds what the event has, and nothing else', (name, eventType, rest) => {
		const [head = ''] = eventBytes(name).toString().split('>');
		const [, eventId] = /<event.* id="(.+?)"/.exec(head)!;
		const [, occurredAt] = / datetime="(.+?)"/.exec(head)!;
		const [, requestId] = /<request id="(.+?)"/.exec(eventBytes(name).toString())!;
		const ids = { eventId, requestId };
		const expected = { ...arrived, eventType, ...ids, occurredAt, language: 'en-US', ...rest };
		expect(itemOf(eventBytes(name))).toStrictEqual(expected);
	});

	it('the address of a page that is not ASCII is encoded, and no time or language is made up', () => {
		expect(itemOf(eventBytes('b3'))).toStrictEqual({
			...arrived,
			eventId: '143c3406-fdfd-11f0-8674-aa9553f76750',
			...{ eventType: 'page_create', eventName: 'Page Created' },
			page: {
				...{ id: '371', path: 'Catégorie/Größe_日本' },
				url: 'https://help.example.com/Cat%C3%A9gorie/Gr%C3%B6%C3%9Fe_%E6%97%A5%E6%9C%AC',
			},
		});
	});

	it('the item has no key for what is there but empty', () => {
		const xml =
			'<event id="" type="page:create" datetime="" wikiid="" language=""><request/><page/><user/><file/><property/><source.page/><change-comment/><diff/><grant><user/><group/><role/></grant><restriction-id/></event>';
		const names = { eventType: 'page_create', eventName: 'Page Created' };
		expect(itemOf(xml)).toStrictEqual({ ...arrived, ...names });
	});

	it('the item carries nothing that the contract does not name', () => {
		const item = itemOf(
			'<event type="page:create"><request id="r"><ip>10.0.0.1</ip><session-id>s</session-id><user id="1"><username>ann</username><email>ann@example.com</email></user></request><grant><id>9</id><user id="2"><username>bob</username><email>bob@example.com</email></user></grant></event>',
		);
		expect(item).toStrictEqual({
			...arrived,
			...{ eventType: 'page_create', eventName: 'Page Created', requestId: 'r' },
			...{ user: { id: '1', name: 'ann' }, grant: { user: { id: '2', name: 'bob' } } },
		});
	});
});

describe('texts for messages', () => {
	const page = (inside: string) => `<page id="1">${inside}</page>`;
	const user = (inside: string) => `<user id="2">${inside}</user>`;
	const calledBy = (inside: string) => `<request>${user(inside)}</request>`;
	const event = (inside: string, type = 'page:create') => `<event type="${type}">${inside}</event>`;

	it.each([
		['of its page', event(page('<title>Setup</title><path>Guides/Other</path>')), 'Setup'],
		['that is new', event(`${page('<path>A</path>')}<displayname.current>New</displayname.current>`), 'New'],
		['in the path of its page', event(page('<path>Guides/Set_up_the_phone</path>')), 'Set up the phone'],
		['of the home page', event(page('<path/>')), 'Home page'],
		['of its file', event('<file id="3"><filename>a.png</filename></file>', 'attachment:create'), 'a.png'],
		['of the event', event('', 'page:delete'), 'Page Deleted'],
		['of an event without type', '<event/>', 'unknown'],
		['of an event that nobody can read', '', 'Page Created'],
	])('the title of an item is that %s', (_whose, xml, title) => {
		expect(wholeItemOf(xml).title).toBe(title);
	});

	it.each([
		['full name', event(user('<username>jane</username><fullname>Jane Doe</fullname>')), 'Jane Doe'],
		['user name', event(user('<username>jane</username>')), 'jane'],
		['caller', event(calledBy('<username>jane</username>')), 'jane'],
		[
			'caller, not the new user',
			event(user('<username>new</username>') + calledBy('<nick>jane</nick>'), 'user:create'),
			'jane',
		],
		[
			'unknown user where a user event names only the user it is about',
			event(user('<nick>new</nick>'), 'user:create'),
			'unknown',
		],
		['unknown user where an event names an ID', event(user('')), 'unknown'],
		['unknown user of what nobody can read', '', 'unknown'],
	])('an item is by the %s', (_whom, xml, by) => {
		expect(wholeItemOf(xml).by).toBe(by);
	});

	it('an item with Simplify off has none', () => {
		expect(wholeItemOf(event(page('')), { simplify: false })).not.toHaveProperty('title');
		expect(wholeItemOf('', { simplify: false })).not.toHaveProperty('by');
	});
});

it('a page has no address when neither event nor credential knows one', () => {
	const xml = '<event><page id="1"><path>A</path></page></event>';
	expect(itemOf(xml, {}, { siteOrigin: undefined }).page).toStrictEqual({ id: '1', path: 'A' });
	expect(itemOf('<event><page id="1"/></event>').page).toStrictEqual({ id: '1' });
});

describe('eventItem, draft', () => {
	const state = (value: string) => `<page id="1" draft.state="${value}"/>`;
	const at = (address: string, attributes = 'id="1"') =>
		`<page ${attributes}><uri.ui>https://x.example/${address}</uri.ui></page>`;

	it.each([
		['a page that nobody has published', state('unpublished'), 'unpublished'],
		['an element', '<page><draft.state>unpublished</draft.state></page>', 'unpublished'],
		['a live page with a draft beside it', state('active'), 'active'],
		['an address with more to it', at('A?a=b&amp;mt-draft=true#top'), 'unpublished'],
		['a state, before the address', at('A?mt-draft=true', 'draft.state="active"'), 'active'],
		['an address that only looks alike', at('mt-draft=true'), undefined],
		['a state that nobody knows', state('frozen'), undefined],
		['no state', '<page id="1"><path>A</path></page>', undefined],
	])('the draft state of a page: %s', (_case, page, expected) => {
		const item = itemOf(`<event>${page}</event>`);
		expect((item.page as Record<string, unknown> | undefined)?.draftState).toBe(expected);
	});
});

describe('eventItem, types of values', () => {
	it.each(['', '-1', '1e3', '1.5', 'many', '12345678901234567890'])('a number that says %j is absent', (text) => {
		const xml = `<event><page id="1" revision="${text}"/><file id="2" revision="${text}" size="${text}"/><request id="r" seq="${text}" count="${text}"/><diff><added>${text}</added><removed>${text}</removed></diff></event>`;
		expect(itemOf(xml)).toStrictEqual({
			...arrived,
			...{ page: { id: '1' }, file: { id: '2' }, requestId: 'r' },
		});
	});

	it.each([
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
		['2026-01-30T17:59:45+01:00', '2026-01-30T16:59:45.000Z'],
		['Fri, 30 Jan 2026 16:59:45 GMT', '2026-01-30T16:59:45.000Z'],
		['soon', undefined],
		['2026-99-99T99:99:99Z', undefined],
	])('the time %s of an event becomes %s', (datetime, expected) => {
		expect(itemOf(`<event datetime="${datetime}"/>`).occurredAt).toBe(expected);
	});
});

it('an unlisted event has its type as its name', () => {
	const names = { eventType: 'learningpath_modify', eventName: 'learningpath_modify' };
	expect(itemOf('<event type="learningpath:modify"/>')).toStrictEqual({ ...arrived, ...names });
});

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

it.each(['authorization', 'cookie', 'x-deki-token', 'X-Nexus-Signature-256', 'x-api-key', 'x-session-id'])(
	'the header %s never comes, not even twice',
	(name) => {
		const headers = { [name]: ['secret', 'secret'], host: 'n8n.example.com' } as never;
		const item = itemOf('<event/>', { includeHeaders: true }, { headers });
		expect(item).toStrictEqual({ ...arrived, headers: { host: 'n8n.example.com' } });
	},
);

it('an unreadable item has the type of the header, if there is one', () => {
	const namesOf = (header: unknown, simplify = true) => {
		const message = { rawXml: '', unreadable: 'why' };
		const item = unreadableItem(message, header, arrival, parameters({ simplify }));
		return [item.eventType, item.eventName];
	};
	expect(namesOf('Page_Create')).toEqual(['page_create', 'Page Created']);
	expect(namesOf('Page_Create', false)).toEqual(['page_create', undefined]);
	expect(namesOf(undefined)).toEqual([undefined, undefined]);
});
