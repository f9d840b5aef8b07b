import { describe, expect, it } from 'vitest';

import { causingUser, eventUser } from '../../../nodes/CxoneExpert/event/event-user.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { filterEvents, isWantedLanguage, type UserIds } from '../../../nodes/CxoneExpert/event/filters.ts';
import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { parameters, rootOf } from '../../support/unit/samples.mts';

const read = (xml: string) => parseDelivery(Buffer.from(xml), 'text/xml');

function isStarted(xml: string, events: string[]): boolean {
	return filterEvents(read(xml), parameters({ events, allEvents: false })) !== undefined;
}

function passes(xml: string, filters: Partial<TriggerParameters['filters']>): boolean {
	const chosen = parameters({ filters: { ...parameters().filters, ...filters } });
	return filterEvents(read(xml), chosen) !== undefined;
}

describe('filterEvents, by event type', () => {
	it.each([
		['the XML type', ['page.content:update'], true],
		['an additional event of another spelling', ['page_content_update'], true],
		['one of several', ['page_create', 'pagecontent_update'], true],
		['another type', ['page_create'], false],
		['a type whose name only begins alike', ['pagecontent'], false],
	])('whether the subscription to %s includes an edit', (_case, events, expected) => {
		expect(isStarted('<event type="page.content:update"/>', events)).toBe(expected);
	});

	it.each([
		['pagecontent_update', true],
		['draft_publish', true],
		['page_create', false],
	])('whether the subscription to %s includes the publication of a draft', (chosen, expected) => {
		expect(isStarted('<event type="draft:publish"/>', [chosen])).toBe(expected);
	});

	it('what cannot be read always passes', () => {
		const message = read('not XML');
		const filters = { pathPrefixes: ['x'], excludeUsers: ['x'] };
		const chosen = {
			...parameters({ events: [], allEvents: false }),
			filters: { ...parameters().filters, ...filters },
		};
		expect(filterEvents(message, chosen)).toBe(message);
	});
});

describe('filterEvents, by page path', () => {
	const page = (path: string) => `<event><page id="1"><path>${path}</path></page></event>`;

	it.each([
		['Guides', 'Guides/Setup/First', true],
		['Guides/Setup', 'Guides', false],
		['Guides', 'Guides_Old', false],
		['guides/SETUP', 'Guides/Setup/First', true],
		['/Guides/', 'Guides/Setup', true],
		[' Guides ', 'Guides', true],
		['größe', 'Größe/日本', true],
		['Guides', '', false],
		['', '', true],
		['/', 'Guides', true],
		['https://help.example.com/Guides/Setup', 'Guides/Setup/First', true],
		['https://help.example.com/Guides/Setup?mt-draft=true#top', 'Guides/Setup', true],
		['Guides/*', 'Guides/Setup', true],
		['Guides/*', 'Guides', true],
		['*', 'Guides', true],
		['Guides*', 'Guides_Old', false],
		['Guides/Page Title', 'Guides/Page_Title', true],
		['https://help.example.com/Guides/Page%20Title', 'Guides/Page_Title', true],
		['https://help.example.com/Guides/Page+Title', 'Guides/Page_Title', true],
		['Guides/Gr%C3%B6%C3%9Fe', 'Guides/größe', true],
		['Guides/C++', 'Guides/C++', true],
		['Guides/100%', 'Guides/100%', true],
		['Guides/Page_Titles', 'Guides/Page_Title', false],
	])('the path %j and the page %j: %s', (prefix, path, expected) => {
		expect(passes(page(path), { pathPrefixes: [prefix] })).toBe(expected);
	});

	it('a blank path beside others is the home page and does not open the filter', () => {
		const passed = ['Guides/Setup', '', 'Other'].map((path) => passes(page(path), { pathPrefixes: ['Guides', ''] }));
		expect(passed).toEqual([true, true, false]);
	});

	it.each(['<event/>', '<event><page id="1"/></event>', '<event><user id="6"/></event>'])(
		'%s passes a path filter because it names no path',
		(xml) => {
			expect(passes(xml, { pathPrefixes: ['Guides'] })).toBe(true);
		},
	);
});

it.each([
	['en', 'en-US', true],
	['EN', 'en-us', true],
	['en_US', 'en-US', true],
	['en-US', 'en', false],
	['en-GB', 'en-US', false],
	['en', 'eng', false],
])('the language %j and a page in %j: %s', (language, actual, expected) => {
	expect(isWantedLanguage(actual, ['de', language])).toBe(expected);
	expect(isWantedLanguage(actual, [])).toBe(true);
});

describe('filterEvents, by excluded user', () => {
	const byId = '<event><user id="42"><username>API-Bot</username></user></event>';
	const inRequest = '<event><request id="r"><user id="42"><username>api-bot</username></user></request></event>';

	it.each([
		['the name in another case', byId, 'api-bot', false],
		['the id of the user of the request', inRequest, '42', false],
		['another id', byId, '4', true],
		['an event that names no user', '<event><page id="42"/></event>', '42', true],
		['the user of a grant, who did nothing', '<event><grant><user id="42"/></grant></event>', '42', true],
	])('whether an event passes excluded users: %s', (_case, xml, excluded, expected) => {
		expect(passes(xml, { excludeUsers: [excluded] })).toBe(expected);
	});
});

it.each<[string, UserIds, boolean]>([
	['the excluded id', { excluded: ['7', '42'] }, false],
	['another id', { excluded: ['4'] }, true],
	['our own id', { excluded: [], own: '42' }, false],
	['not our own id', { excluded: [], own: '4' }, true],
])('whether an event passes known ids of users: %s', (_case, ids, expected) => {
	const byCaller = '<event type="page:create"><request id="r"><user id="42" seated="true"/></request></event>';
	expect(filterEvents(read(byCaller), parameters(), ids) !== undefined).toBe(expected);
	expect(filterEvents(read('<event/>'), parameters(), ids)).toBeDefined();
});

const CALLER = '<request><user id="7"/></request>';

it.each([
	['of the event', '<user id="6"><username>ann</username></user>', { id: '6', name: 'ann' }],
	['named by nick', '<user id="6"><nick>ann</nick></user>', { id: '6', name: 'ann' }],
	['with elements', '<user><id>6</id><name>ann</name></user>', { id: '6', name: 'ann' }],
	['of the request', CALLER, { id: '7' }],
	['nowhere', '<page id="1"/>', undefined],
	['of a grant, who is none of both', '<grant><user id="9"/></grant>', undefined],
	['who is neither named nor numbered', '<user anonymous="false"/>', undefined],
])('the user of an event: %s', (_case, xml, expected) => {
	expect(eventUser(rootOf(`<event>${xml}</event>`))).toStrictEqual(expected);
});

it.each([
	['made the call', 'page_create', CALLER, { id: '7' }],
	['is named by the event alone', 'page_create', '<user id="6"/>', { id: '6' }],
	['made the call that changed a user', 'user_update', `${CALLER}<user id="6"/>`, { id: '7' }],
	['is not the user who was changed', 'user_update', '<user id="6"/>', undefined],
	['is not named', 'page_create', '<page id="1"/>', undefined],
])('the user who has caused an event: %s', (_case, type, xml, expected) => {
	expect(causingUser({ type, xml: rootOf(`<event>${xml}</event>`) })).toStrictEqual(expected);
});
