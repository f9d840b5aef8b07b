import type { IExecuteFunctions, INodeProperties, INodePropertyOptions, IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	readPageParameters,
	readParameters,
	triggerProperties,
} from '../../../nodes/CxoneExpert/trigger/parameters.ts';

it('the second line of a description is not cut off: n8n shows about 100 characters of a choice', () => {
	const collections = [{ options: triggerProperties }, ...triggerProperties];
	const choices = collections
		.flatMap(({ options = [] }) => options as INodeProperties[])
		.flatMap(({ options = [] }) => options as INodePropertyOptions[])
		.filter((option) => 'value' in option);
	expect(choices.length).toBeGreaterThan(30);
	const long = choices.filter(({ description = '' }) => description.length > 100);
	expect(long.map(({ name }) => name)).toEqual([]);
});

function readFrom(saved: Record<string, unknown>) {
	const context = {
		getNodeParameter: (name: string, fallback: unknown) => saved[name] ?? fallback,
	};
	return readParameters(context as unknown as IWebhookFunctions);
}

/** As the editor stores what people choose. */
const named = (mode: string, value: unknown) => ({ __rl: true, mode, value });

const rows = (name: string, ...locators: object[]) => ({ rows: locators.map((locator) => ({ [name]: locator })) });

const NO_NUMBERS = [0, 0.01, -1, 'soon', null, true, [7], NaN, Infinity, 'Infinity', {}, ''];
const NO_CHOICES = ['many', 2, null, { value: 'one' }];

describe('readParameters', () => {
	it('readParameters returns the defaults of the contract when nothing is set', () => {
		expect(readFrom({})).toEqual({
			events: [],
			allEvents: false,
			simplify: true,
			filters: {
				pathPrefixes: [],
				languages: [],
				excludeUsers: [],
				pageTags: [],
				ignoreOwnChanges: false,
				skipDrafts: false,
			},
			deliveriesPerExecution: 'severalInBurst',
			maxDeliveryAgeSeconds: 3600,
			includeHeaders: false,
			includeRawXml: false,
			repairWebhook: true,
			recoverMissedChanges: true,
			checkEveryMs: 300_000,
		});
	});

	it.each([
		[
			'names of other events while "Unlisted Events" is not chosen',
			{ events: ['page_create'], additionalEvents: 'page_view' },
			{ events: ['page_create'] },
		],
		['a single text in place of a list', { events: 'page_create' }, { events: ['page_create'] }],
		['null in place of a list', { events: null }, { events: [] }],
		[
			'a text or number in place of a boolean among the filters',
			{ filters: { ignoreOwnChanges: 'true', skipDrafts: 1 } },
			{ filters: { ignoreOwnChanges: true, skipDrafts: true } },
		],
		[
			'no boolean among the filters, beside one',
			{ filters: { ignoreOwnChanges: 'perhaps', skipDrafts: true } },
			{ filters: { ignoreOwnChanges: false, skipDrafts: true } },
		],
		[
			'lists of texts in each of their forms',
			{ filters: { pageTags: ' a, b,,a', languages: ['de', ' en '], excludeUsers: '["a, b", 7]' } },
			{ filters: { pageTags: ['a', 'b'], languages: ['de', 'en'], excludeUsers: ['a, b', '7'] } },
		],
		[
			'rows of paths as they are',
			{ filters: { pathPrefixes: ['', 'A, b', 7, null] } },
			{ filters: { pathPrefixes: ['', 'A, b', '7'] } },
		],
		[
			'pages in each of the ways to name them, but for a row in which nothing is chosen yet',
			{
				filters: {
					pathPrefixes: rows(
						'page',
						...[named('list', 'Guides/Setup'), named('list', 'home'), named('list', '')],
						...[named('path', 'home'), named('path', ''), named('url', 'https://help.example.com/A')],
					),
				},
			},
			{ filters: { pathPrefixes: ['Guides/Setup', '', 'home', '', 'https://help.example.com/A'] } },
		],
		[
			'users in each of the ways to name them, with commas in their names',
			{
				filters: {
					excludeUsers: rows(
						'user',
						...[named('list', '42'), named('name', 'Doe, Jane'), named('id', 7), named('list', '')],
						...[named('name', ' api-bot '), named('name', 'api-bot'), named('name', '')],
					),
				},
			},
			{ filters: { excludeUsers: ['42', 'Doe, Jane', '7', 'api-bot'] } },
		],
		[
			'lists and nothing that expressions give in place of rows or of what they name',
			{
				filters: {
					pathPrefixes: rows('page', named('path', ['A', 'B']), named('path', undefined), named('path', null)),
					excludeUsers: { rows: ['api-bot', 7, null, named('name', 'editor')] },
				},
			},
			{ filters: { pathPrefixes: ['A', 'B'], excludeUsers: ['api-bot', '7', 'editor'] } },
		],
		[
			'one thing in place of rows, and filters without any',
			{ filters: { pathPrefixes: {}, excludeUsers: named('name', 'api-bot') } },
			{ filters: { pathPrefixes: [], excludeUsers: ['api-bot'] } },
		],
		['a list with entries that are no text', { events: ['page_create', null, {}] }, { events: ['page_create'] }],
		['a text in place of a collection', { additionalOptions: 'x', filters: 'y' }, { maxDeliveryAgeSeconds: 3600 }],
	])('readParameters accepts %s', (_case, saved, expected) => {
		expect(readFrom(saved)).toMatchObject(expected);
	});

	it.each<[option: string, parameter: string, values: unknown[], read: unknown]>([
		['deliveriesPerExecution', 'deliveriesPerExecution', ['one'], 'one'],
		['deliveriesPerExecution', 'deliveriesPerExecution', NO_CHOICES, 'severalInBurst'],
		['maxDeliveryAge', 'maxDeliveryAgeSeconds', [120, '120'], 120],
		['maxDeliveryAge', 'maxDeliveryAgeSeconds', NO_NUMBERS, 3600],
		['checkEvery', 'checkEveryMs', [1.5, '1.5'], 90_000],
		['checkEvery', 'checkEveryMs', [0.05], 3000],
		['checkEvery', 'checkEveryMs', NO_NUMBERS, 300_000],
		['includeHeaders', 'includeHeaders', ['true', 1, true], true],
		['includeRawXml', 'includeRawXml', ['yes', 2, {}, null], false],
	])('readParameters reads the option %s as %s: %j is %j', (option, parameter, values, read) => {
		for (const value of values)
			expect(readFrom({ additionalOptions: { [option]: value } })).toHaveProperty(parameter, read);
	});
});

describe('readPageParameters', () => {
	const pageParameters = (saved: Record<string, unknown>) =>
		readPageParameters({
			getNodeParameter: (name: string, _item: number, fallback: unknown) => saved[name] ?? fallback,
		} as unknown as IExecuteFunctions);

	it('readPageParameters returns the defaults of the contract when nothing is set', () => {
		expect(pageParameters({})).toEqual({
			addDetails: true,
			skipDrafts: false,
			tags: [],
			languages: [],
			pathPrefixes: [],
		});
	});
});
