import type { INodeProperties } from 'n8n-workflow';

import { ALL_EVENTS, EVENT_TYPES } from '../shared/events';
import { keepBodyUnparsed } from './delivery/n8n/raw-body';
import {
	DEFAULT_MAX_DELIVERY_AGE_SECONDS,
	DEFAULT_MAX_REMEMBERED,
	DEFAULT_REMEMBER_HOURS,
	MIN_MAX_REMEMBERED,
} from './parameters';

const events: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	default: [],
	options: [
		{ name: 'All Events', value: ALL_EVENTS, description: 'Every event type in this list' },
		...EVENT_TYPES,
	],
	description:
		'What should start the workflow. Event types that the list does not know can be named under Additional Options.',
};

const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{
			displayName: 'Exclude Users',
			name: 'excludeUsers',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add User' },
			placeholder: 'e.g. 42 or api-bot',
			description:
				'IDs or names of users whose changes start nothing. For the user of your own token there is "Ignore Own Changes" under Additional Options.',
		},
		{
			displayName: 'Languages',
			name: 'languages',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Language' },
			placeholder: 'e.g. en or en-US',
			description: 'Only events in these languages. "en" includes "en-US".',
		},
		{
			displayName: 'Page Paths',
			name: 'pathPrefixes',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Path' },
			placeholder: 'e.g. Guides/Setup',
			description:
				'Only pages at or below these paths or page addresses. An event that names no page is let through.',
		},
	],
};

const additionalOptions: INodeProperties = {
	displayName: 'Additional Options',
	name: 'additionalOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Acknowledge',
			name: 'acknowledge',
			type: 'options',
			default: 'saved',
			options: [
				{
					name: 'Immediately',
					value: 'immediately',
					description:
						'Expert gets its answer as soon as the delivery is checked, however busy n8n is. An event is lost if n8n stops, or cannot save, in the moment after.',
				},
				{
					name: 'When Saved',
					value: 'saved',
					description:
						'Expert gets its answer when n8n has saved the execution, so nothing is lost if n8n stops or cannot save. If that takes too long, Expert is asked to send the event again, and it still runs once.',
				},
			],
			description: 'When to tell Expert that the delivery has arrived',
		},
		{
			displayName: 'Additional Events',
			name: 'additionalEvents',
			type: 'string',
			default: '',
			placeholder: 'e.g. draft_publish, page_view',
			description: 'Comma-separated names of event types that the list does not know yet',
		},
		{
			displayName: 'Ignore Own Changes',
			name: 'ignoreOwnChanges',
			type: 'boolean',
			default: false,
			description:
				"Whether to ignore events that the user of the credential's token has caused, so that the workflow does not start itself. n8n asks the site who that is.",
		},
		{
			displayName: 'Include Headers',
			name: 'includeHeaders',
			type: 'boolean',
			default: false,
			description:
				'Whether to add the HTTP headers of the delivery, without those that hold secrets',
		},
		{
			displayName: 'Include Raw XML',
			name: 'includeRawXml',
			type: 'boolean',
			default: false,
			description: 'Whether to add the XML text of the delivery as it came',
		},
		{
			displayName: 'Max Delivery Age (Seconds)',
			name: 'maxDeliveryAge',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: DEFAULT_MAX_DELIVERY_AGE_SECONDS,
			description:
				'Deliveries that were signed longer ago are refused. Keep it longer than Expert goes on retrying.',
		},
		{
			displayName: 'Remember at Most (Deliveries)',
			name: 'rememberAtMost',
			type: 'number',
			typeOptions: { minValue: MIN_MAX_REMEMBERED },
			default: DEFAULT_MAX_REMEMBERED,
			description:
				'How many deliveries to remember, so that none starts the workflow twice. Those within Max Delivery Age are kept up to five times that number.',
		},
		{
			displayName: 'Remember For (Hours)',
			name: 'rememberFor',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: DEFAULT_REMEMBER_HOURS,
			description: 'How long to remember a delivery, so that it does not start the workflow twice',
		},
		{
			displayName: 'Verify Signature',
			name: 'verifySignature',
			type: 'boolean',
			default: true,
			description:
				'Whether to check the signature and its timestamp. Switch it off only while your site has no signing secret: then the delivery token alone proves that Expert is calling.',
		},
	],
};

export const triggerProperties: INodeProperties[] = [
	events,
	simplify,
	filters,
	additionalOptions,
	keepBodyUnparsed,
];
