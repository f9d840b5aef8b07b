import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/shared/events.ts';
import { triggerProperties } from '../../../nodes/CxoneExpert/trigger/description.ts';
import { readParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';

const withOption = (name: string, value: unknown) => {
	const saved: Record<string, unknown> = { additionalOptions: { [name]: value } };
	const context = {
		getNodeParameter: (parameter: string, fallback: unknown) => saved[parameter] ?? fallback,
	};
	return readParameters(context as unknown as IWebhookFunctions);
};

describe('triggerProperties', () => {
	const collection = (name: string) =>
		triggerProperties.find((property) => property.name === name)?.options?.map(({ name }) => name);

	it('triggerProperties has the parameters of the contract', () => {
		expect(triggerProperties.map(({ name }) => name)).toEqual([
			'events',
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
			'additionalEvents',
			'checkEvery',
			'deliveriesPerExecution',
			'ignoreOwnChanges',
			'includeHeaders',
			'includeRawXml',
			'maxDeliveryAge',
			'recoverMissedChanges',
			'rememberAtMost',
			'rememberFor',
			'repairWebhook',
			'skipDrafts',
			'verifySignature',
		]);
	});

	it('triggerProperties does not require an event, because "Additional Events" can name one', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.required).not.toBe(true);
		expect(withOption('additionalEvents', ' draft:publish').events).toEqual(['draft_publish']);
	});

	it('triggerProperties offers "All Events" and each of the 27 events', () => {
		const events = triggerProperties.find(({ name }) => name === 'events');
		expect(events?.type).toBe('multiOptions');
		expect(events?.options?.map((option) => 'value' in option && option.value)).toEqual([
			'*',
			...EVENT_TYPES.map(({ value }) => value),
		]);
	});

	it('CxoneExpertTrigger keeps n8n from parsing the body with its hidden parameter and version 1', () => {
		const options = triggerProperties.find(({ name }) => name === 'options');
		expect(options).toMatchObject({ type: 'hidden', default: { binaryData: true } });
		expect(new CxoneExpertTrigger().description).toMatchObject({
			name: 'cxoneExpertTrigger',
			version: 1,
			webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived' }],
		});
	});

	it('triggerProperties shows the defaults that readParameters uses', () => {
		const options = triggerProperties.find(({ name }) => name === 'additionalOptions')?.options;
		const defaults = Object.fromEntries(
			(options ?? []).map((option) => [option.name, 'default' in option && option.default]),
		);
		expect(defaults).toEqual({
			acknowledge: 'saved',
			additionalEvents: '',
			checkEvery: 5,
			deliveriesPerExecution: 'one',
			ignoreOwnChanges: false,
			includeHeaders: false,
			includeRawXml: false,
			maxDeliveryAge: 3600,
			recoverMissedChanges: true,
			rememberAtMost: 10_000,
			rememberFor: 24,
			repairWebhook: true,
			skipDrafts: false,
			verifySignature: true,
		});
	});

	it('triggerProperties has no field for a secret, because workflows are exported with their parameters', () => {
		expect(JSON.stringify(triggerProperties)).not.toMatch(/password|"name":"[^"]*(secret|token)/i);
	});
});
