import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { readParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { triggerProperties } from '../../../nodes/CxoneExpert/trigger/description.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/shared/events.ts';
import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';

function readFrom(saved: Record<string, unknown>) {
	const context = {
		getNodeParameter: (name: string, fallback: unknown) => saved[name] ?? fallback,
	};
	return readParameters(context as unknown as IWebhookFunctions);
}

const withOption = (name: string, value: unknown) =>
	readFrom({ additionalOptions: { [name]: value } });

describe('readParameters', () => {
	it('gives the defaults of the contract when nothing is set', () => {
		expect(readFrom({})).toEqual({
			events: [],
			allEvents: false,
			simplify: true,
			filters: { pathPrefixes: [], languages: [], excludeUsers: [] },
			ignoreOwnChanges: false,
			acknowledge: 'saved',
			maxDeliveryAgeSeconds: 3600,
			rememberForMs: 24 * 60 * 60 * 1000,
			maxRemembered: 10_000,
			verifySignature: true,
			includeHeaders: false,
			includeRawXml: false,
		});
	});

	it('gives what was set', () => {
		expect(
			readFrom({
				events: ['page_create'],
				simplify: false,
				filters: { pathPrefixes: ['Guides'], languages: ['en'], excludeUsers: ['42'] },
				additionalOptions: {
					ignoreOwnChanges: true,
					acknowledge: 'immediately',
					maxDeliveryAge: 60,
					rememberFor: 2,
					rememberAtMost: 500,
					additionalEvents: 'Draft:Publish, page_create',
					verifySignature: false,
					includeHeaders: true,
					includeRawXml: true,
				},
			}),
		).toEqual({
			events: ['page_create', 'draft_publish'],
			allEvents: false,
			simplify: false,
			filters: { pathPrefixes: ['Guides'], languages: ['en'], excludeUsers: ['42'] },
			ignoreOwnChanges: true,
			acknowledge: 'immediately',
			maxDeliveryAgeSeconds: 60,
			rememberForMs: 7_200_000,
			maxRemembered: 500,
			verifySignature: false,
			includeHeaders: true,
			includeRawXml: true,
		});
	});

	it('gives all types for "All Events" and knows that all are wanted', () => {
		const { events, allEvents } = readFrom({ events: ['*'] });
		expect(events).toHaveLength(27);
		expect(allEvents).toBe(true);
	});

	it.each([
		['a single text for a list', { events: 'page_create' }, { events: ['page_create'] }],
		['no list at all', { events: null }, { events: [] }],
		['odd entries in a list', { events: ['page_create', null, {}] }, { events: ['page_create'] }],
		[
			'a number among the users',
			{ filters: { excludeUsers: [42] } },
			{ filters: { pathPrefixes: [], languages: [], excludeUsers: ['42'] } },
		],
		['a text for a collection', { additionalOptions: 'x', filters: 'y' }, { acknowledge: 'saved' }],
	])('takes %s', (_case, saved, expected) => {
		expect(readFrom(saved)).toMatchObject(expected);
	});

	it.each([0, -1, 'soon', null, true, [7], Number.NaN, Number.POSITIVE_INFINITY, {}, ''])(
		'puts the default in the place of %j',
		(odd) => {
			expect(withOption('maxDeliveryAge', odd).maxDeliveryAgeSeconds).toBe(3600);
			expect(withOption('rememberFor', odd).rememberForMs).toBe(86_400_000);
			expect(withOption('rememberAtMost', odd).maxRemembered).toBe(10_000);
		},
	);

	it('takes a number that came as text', () => {
		expect(withOption('maxDeliveryAge', '120').maxDeliveryAgeSeconds).toBe(120);
	});

	it('remembers whole deliveries', () => {
		expect(withOption('rememberAtMost', 200.9).maxRemembered).toBe(200);
	});

	it.each([1, 99, 99.9])('remembers a hundred deliveries at the least when %d is set', (few) => {
		expect(withOption('rememberAtMost', few).maxRemembered).toBe(100);
	});

	it.each(['false', 0, null, ''])('goes on verifying signatures for %j', (odd) => {
		expect(withOption('verifySignature', odd).verifySignature).toBe(true);
	});

	it.each(['true', 1, null])('adds no headers and no XML for %j', (odd) => {
		expect(withOption('includeHeaders', odd).includeHeaders).toBe(false);
		expect(withOption('includeRawXml', odd).includeRawXml).toBe(false);
	});

	it.each(['true', 1, null])('ignores no own changes for %j', (odd) => {
		expect(withOption('ignoreOwnChanges', odd).ignoreOwnChanges).toBe(false);
	});

	it('waits until the execution is saved for an unknown way to acknowledge', () => {
		expect(withOption('acknowledge', 'never').acknowledge).toBe('saved');
	});
});

describe('the description of the node', () => {
	const collection = (name: string) =>
		triggerProperties.find((property) => property.name === name)?.options?.map(({ name }) => name);

	it('has the parameters of the contract', () => {
		expect(triggerProperties.map(({ name }) => name)).toEqual([
			'events',
			'simplify',
			'filters',
			'additionalOptions',
			'options',
		]);
		expect(collection('filters')?.toSorted()).toEqual([
			'excludeUsers',
			'languages',
			'pathPrefixes',
		]);
		expect(collection('additionalOptions')?.toSorted()).toEqual([
			'acknowledge',
			'additionalEvents',
			'ignoreOwnChanges',
			'includeHeaders',
			'includeRawXml',
			'maxDeliveryAge',
			'rememberAtMost',
			'rememberFor',
			'verifySignature',
		]);
	});

	it('can be left without a chosen event: one can be named under "Additional Events"', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.required).not.toBe(true);
		expect(withOption('additionalEvents', ' draft:publish').events).toEqual(['draft_publish']);
	});

	it('offers all events and each of the 27', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.type).toBe('multiOptions');
		expect(events?.options?.map((option) => 'value' in option && option.value)).toEqual([
			'*',
			...EVENT_TYPES.map(({ value }) => value),
		]);
	});

	it('keeps n8n from parsing the body: hidden parameter and version exactly 1', () => {
		const options = triggerProperties.find(({ name }) => name === 'options');
		expect(options).toMatchObject({ type: 'hidden', default: { binaryData: true } });
		expect(new CxoneExpertTrigger().description).toMatchObject({
			name: 'cxoneExpertTrigger',
			version: 1,
			webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived' }],
		});
	});

	it('shows the defaults that are used', () => {
		const options = triggerProperties.find(({ name }) => name === 'additionalOptions')?.options;
		const defaults = Object.fromEntries(
			(options ?? []).map((option) => [option.name, 'default' in option && option.default]),
		);
		expect(defaults).toEqual({
			acknowledge: 'saved',
			additionalEvents: '',
			ignoreOwnChanges: false,
			includeHeaders: false,
			includeRawXml: false,
			maxDeliveryAge: 3600,
			rememberAtMost: 10_000,
			rememberFor: 24,
			verifySignature: true,
		});
	});

	it('has no field for a secret: a workflow is exported with its parameters', () => {
		expect(JSON.stringify(triggerProperties)).not.toMatch(/password|"name":"[^"]*(secret|token)/i);
	});
});
