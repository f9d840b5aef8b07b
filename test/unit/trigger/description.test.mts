import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/shared/events.ts';
import { triggerProperties } from '../../../nodes/CxoneExpert/trigger/description.ts';

describe('triggerProperties', () => {
	const collection = (name: string) =>
		triggerProperties.find((property) => property.name === name)?.options?.map(({ name }) => name);

	it('triggerProperties has the parameters of the contract', () => {
		expect(triggerProperties.map(({ name }) => name)).toEqual([
			'needs',
			'events',
			'additionalEvents',
			'pageDetails',
			'simplify',
			'filters',
			'additionalOptions',
			'options',
		]);
		expect(collection('filters')?.toSorted()).toEqual([
			'excludeUsers',
			'languages',
			'pageTags',
			'pathPrefixes',
		]);
		expect(collection('additionalOptions')?.toSorted()).toEqual([
			'acknowledge',
			'checkEvery',
			'deliveriesPerExecution',
			'ignoreOwnChanges',
			'includeHeaders',
			'includeRawXml',
			'maxDeliveryAge',
			'recoverMissedChanges',
			'repairWebhook',
			'skipDrafts',
			'verifySignature',
		]);
	});

	it('triggerProperties requires an event, and names for "Other Events"', () => {
		const required = triggerProperties.filter((property) => property.required);
		expect(required.map(({ name }) => name)).toEqual(['events', 'additionalEvents']);
		expect(required[1]?.displayOptions).toEqual({ show: { events: ['other'] } });
	});

	it('triggerProperties offers "All Events", "Other Events" and each of the 27 events by alphabet', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.type).toBe('multiOptions');
		const values = events?.options?.map((option) => 'value' in option && option.value);
		expect(values?.toSorted()).toEqual(
			['*', 'other', ...EVENT_TYPES.map(({ value }) => value)].toSorted(),
		);
		const names = events?.options?.map(({ name }) => name) ?? [];
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

	it('CxoneExpertTrigger keeps n8n from parsing the body with its hidden parameter and version 1', () => {
		const options = triggerProperties.find(({ name }) => name === 'options');
		expect(options).toMatchObject({ type: 'hidden', default: { binaryData: true } });
		expect(new CxoneExpertTrigger().description).toMatchObject({
			name: 'cxoneExpertTrigger',
			version: 1,
			webhooks: [
				{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', ndvHideUrl: true },
			],
		});
	});

	it('triggerProperties shows the defaults that readParameters uses', () => {
		const options = triggerProperties.find(({ name }) => name === 'additionalOptions')?.options;
		const defaults = Object.fromEntries(
			(options ?? []).map((option) => [option.name, 'default' in option && option.default]),
		);
		expect(defaults).toEqual({
			acknowledge: 'saved',
			checkEvery: 5,
			deliveriesPerExecution: 'one',
			ignoreOwnChanges: false,
			includeHeaders: false,
			includeRawXml: false,
			maxDeliveryAge: 3600,
			recoverMissedChanges: true,
			repairWebhook: true,
			skipDrafts: false,
			verifySignature: true,
		});
	});

	it('triggerProperties has no field for a secret, because workflows are exported with their parameters', () => {
		expect(JSON.stringify(triggerProperties)).not.toMatch(/password|"name":"[^"]*(secret|token)/i);
	});
});
