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
