import type {
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { EVENT_TYPES } from '../../../nodes/CxoneExpert/api/event-types.ts';
import {
	readPageParameters,
	readParameters,
	triggerProperties,
} from '../../../nodes/CxoneExpert/trigger/parameters.ts';

describe('triggerProperties', () => {
	it('each option begins with its group, by which the alphabet keeps them together', () => {
		const { options = [] } = triggerProperties.find(({ name }) => name === 'additionalOptions')!;
		const names = (options as INodeProperties[]).map(({ displayName }) => displayName);
		expect(names.filter((name) => !/^(Deliveries|Output|Watch): /.test(name))).toEqual([]);
	});

	it('triggerProperties offers "Page Published", then "All Events", "Unlisted Events" and each of the 27 events by alphabet', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.type).toBe('multiOptions');
		const values = events?.options?.map((option) => 'value' in option && option.value);
		expect(values?.toSorted()).toEqual(
			['*', 'other', 'page_published', ...EVENT_TYPES.map(({ value }) => value)].toSorted(),
		);
		const [first, ...names] = events?.options?.map(({ name }) => name) ?? [];
		expect(first).toBe('Page Published (First Time)');
		expect(names).toEqual(names.toSorted());
		expect(names[0]).toBe('All Events');
	});

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

	it('triggerProperties has no field for a secret, because workflows are exported with their parameters', () => {
		expect(JSON.stringify(triggerProperties)).not.toMatch(/password|"name":"[^"]*(secret|token)/i);
	});
});

function readFrom(saved: Record<string, unknown>) {
	const context = {
		getNodeParameter: (name: string, fallback: unknown) => saved[name] ?? fallback,
	};
	return readParameters(context as unknown as IWebhookFunctions);
}

const NO_NUMBERS = [0, -1, 'soon', null, true, [7], NaN, Infinity, {}, ''];
const NO_CHOICES = ['many', 2, null, { value: 'severalWhenBusy' }];

describe('readParameters', () => {
	it('readParameters returns the defaults of the contract when nothing is set', () => {
		expect(readFrom({})).toEqual({
			events: [],
			allEvents: false,
			simplify: true,
			filters: {
				...{ pathPrefixes: [], languages: [], excludeUsers: [], pageTags: [] },
				...{ ignoreOwnChanges: false, skipDrafts: false },
			},
			acknowledge: 'saved',
			deliveriesPerExecution: 'severalInBurst',
			maxDeliveryAgeSeconds: 3600,
			includeHeaders: false,
			includeRawXml: false,
			repairWebhook: true,
			recoverMissedChanges: true,
			checkEveryMs: 300_000,
		});
	});

	it('readParameters returns the filters that were set', () => {
		const filters = {
			...{ pathPrefixes: ['Guides'], languages: ['en'], excludeUsers: ['42'] },
			...{ ignoreOwnChanges: true, skipDrafts: true },
		};
		expect(readFrom({ filters }).filters).toEqual({ ...filters, pageTags: [] });
	});

	it('readParameters gives the whole event where Simplify is off', () => {
		expect(readFrom({ simplify: false })).toMatchObject({ simplify: false });
	});

	it('readParameters returns the unlisted events that were chosen beside others, in path form', () => {
		const chosen = {
			events: ['page_create', 'other'],
			additionalEvents: 'Draft:Publish, page_create',
		};
		expect(readFrom(chosen)).toMatchObject({ events: ['page_create', 'draft_publish'] });
	});

	it('readParameters returns all 27 events and allEvents for "All Events"', () => {
		const { events, allEvents } = readFrom({ events: ['*'] });
		expect(events).toHaveLength(27);
		expect(allEvents).toBe(true);
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
			'a text in place of a boolean among the filters',
			{ filters: { ignoreOwnChanges: 'true', skipDrafts: 1 } },
			{ filters: { ignoreOwnChanges: false, skipDrafts: false } },
		],
		[
			'a list with entries that are no text',
			{ events: ['page_create', null, {}] },
			{ events: ['page_create'] },
		],
		[
			'a number among the users',
			{ filters: { excludeUsers: [42] } },
			{ filters: { pathPrefixes: [], languages: [], excludeUsers: ['42'] } },
		],
		[
			'a text in place of a collection',
			{ additionalOptions: 'x', filters: 'y' },
			{ acknowledge: 'saved' },
		],
	])('readParameters accepts %s', (_case, saved, expected) => {
		expect(readFrom(saved)).toMatchObject(expected);
	});

	it.each<[option: string, parameter: string, values: unknown[], read: unknown]>([
		['acknowledge', 'acknowledge', ['immediately'], 'immediately'],
		['acknowledge', 'acknowledge', ['never', ...NO_CHOICES], 'saved'],
		['deliveriesPerExecution', 'deliveriesPerExecution', ['severalWhenBusy'], 'severalWhenBusy'],
		['deliveriesPerExecution', 'deliveriesPerExecution', NO_CHOICES, 'severalInBurst'],
		['maxDeliveryAge', 'maxDeliveryAgeSeconds', [120, '120'], 120],
		['maxDeliveryAge', 'maxDeliveryAgeSeconds', NO_NUMBERS, 3600],
		['checkEvery', 'checkEveryMs', [1.5, '1.5'], 90_000],
		['checkEvery', 'checkEveryMs', [0.05, 0.01], 3000],
		['checkEvery', 'checkEveryMs', NO_NUMBERS, 300_000],
		['includeHeaders', 'includeHeaders', [true], true],
		['includeHeaders', 'includeHeaders', ['true', 1, null], false],
		['includeRawXml', 'includeRawXml', [true], true],
		['includeRawXml', 'includeRawXml', ['true', 1, null], false],
		['repairWebhook', 'repairWebhook', [false], false],
		['recoverMissedChanges', 'recoverMissedChanges', [false], false],
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

	it('readPageParameters returns what was set, without blank rows', () => {
		const pathPrefixes = ['Guides', ''];
		const lists = { pageTags: ['article:guide', ' ', ''], languages: ['de', ' '] };
		const filters = { ...lists, pathPrefixes, skipDrafts: true };
		expect(pageParameters({ pageDetails: false, filters })).toEqual({
			addDetails: false,
			skipDrafts: true,
			tags: ['article:guide'],
			languages: ['de'],
			pathPrefixes: ['Guides', ''],
		});
	});

	it.each([
		['a single text in place of a list', { filters: { pageTags: 'review' } }, { tags: ['review'] }],
		['null in place of a list', { filters: { pageTags: null } }, { tags: [] }],
		['a text in place of a boolean', { pageDetails: 'no' }, { addDetails: true }],
		['a number in place of a collection', { filters: 5, additionalOptions: 5 }, { tags: [] }],
	])('readPageParameters takes %s', (_case, saved, expected) => {
		expect(pageParameters(saved)).toMatchObject(expected);
	});
});
