import type { INodeProperties } from 'n8n-workflow';

import { EVENT_CHOICES, OTHER_EVENTS } from '../shared/events';
import { keepBodyUnparsed } from '../n8n/raw-body';
import {
	DEFAULT_CHECK_MINUTES,
	DEFAULT_MAX_DELIVERY_AGE_SECONDS,
	MIN_CHECK_MINUTES,
} from './parameters';

const needs: INodeProperties = {
	displayName:
		'The credential needs the token of an admin, and webhooks must be enabled for your site. n8n registers the webhook when you publish: there is no URL to copy.',
	name: 'needs',
	type: 'notice',
	default: '',
};

const events: INodeProperties = {
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	required: true,
	default: [],
	options: EVENT_CHOICES,
	description: 'The events that start the workflow',
};

const additionalEvents: INodeProperties = {
	displayName: 'Additional Events',
	name: 'additionalEvents',
	type: 'string',
	required: true,
	displayOptions: { show: { events: [OTHER_EVENTS] } },
	default: '',
	placeholder: 'e.g. first_event, second_event',
	description: 'Names of the other event types, with commas between',
};

const pageDetails: INodeProperties = {
	displayName: 'Add Page Details',
	name: 'pageDetails',
	type: 'boolean',
	default: true,
	description:
		'Whether to ask the site for what events leave out: title, author, tags, language, draft state and revision of the page. This happens once Expert has its response.',
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
				'IDs or names of users whose changes do not start the workflow. For the user of your own token, use "Ignore Own Changes" under Additional Options.',
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
				'Only pages at or below these paths or page addresses. An empty row beside others stands for the home page. Events without a page always start the workflow.',
		},
		{
			displayName: 'Page Tags',
			name: 'pageTags',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Tag' },
			placeholder: 'e.g. article:guide or review',
			description:
				'Only pages that have one of these tags. The trigger asks the site in the execution, which ends there for other pages.',
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
			displayName: 'Check Every (Minutes)',
			name: 'checkEvery',
			type: 'number',
			// Without numberPrecision, which would show 5 as "5.00"; n8n takes fractions all the same.
			typeOptions: { minValue: MIN_CHECK_MINUTES },
			default: DEFAULT_CHECK_MINUTES,
			description: 'How often to check the webhook and recover missed changes',
		},
		{
			displayName: 'Deliveries per Execution',
			name: 'deliveriesPerExecution',
			type: 'options',
			default: 'one',
			options: [
				{
					name: 'One',
					value: 'one',
					description:
						'Each delivery has an execution of its own. In a burst, some responses may be late.',
				},
				{
					name: 'Several When Busy',
					value: 'severalWhenBusy',
					description:
						'Deliveries that arrive while n8n saves one start the next together, up to 100 items',
				},
			],
			description:
				'How many deliveries may start one execution when many come at once, as in an import. With several, n8n keeps up with far more, but a node that looks only at the first item misses the rest, and one item that fails stops the others: in that case put "Execute Sub-workflow" with the mode "Run once for each item" behind the trigger.',
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
				'Whether to add the HTTP headers of the delivery, except those that hold secrets',
		},
		{
			displayName: 'Include Raw XML',
			name: 'includeRawXml',
			type: 'boolean',
			default: false,
			description: 'Whether to add the XML of the delivery as it was received',
		},
		{
			displayName: 'Max Delivery Age (Seconds)',
			name: 'maxDeliveryAge',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: DEFAULT_MAX_DELIVERY_AGE_SECONDS,
			description:
				'Deliveries signed longer ago are rejected. Keep it longer than Expert keeps retrying.',
		},
		{
			displayName: 'Recover Missed Changes',
			name: 'recoverMissedChanges',
			type: 'boolean',
			default: true,
			description:
				'Whether to start the workflow also for pages that were created, edited or deleted while Expert could not deliver. Their items have "recovered: true". Moves, tags, files, users and permissions cannot be recovered.',
		},
		{
			displayName: 'Repair Webhook',
			name: 'repairWebhook',
			type: 'boolean',
			default: true,
			description:
				'Whether to check regularly that the webhook is still registered, enabled and complete, and to repair it. "Check Every" says how often. What a person has disabled stays disabled.',
		},
		{
			displayName: 'Respond',
			name: 'acknowledge',
			type: 'options',
			default: 'saved',
			options: [
				{
					name: 'Immediately',
					value: 'immediately',
					description:
						'Once the delivery is verified. An event is lost if n8n stops, or cannot save, right then.',
				},
				{
					name: 'When Saved',
					value: 'saved',
					description:
						'Once the execution is saved: nothing is lost, each event runs once. Right for most.',
				},
			],
			description:
				'When to tell Expert that a delivery was received. If saving takes too long, Expert is told to retry.',
		},
		{
			displayName: 'Skip Drafts',
			name: 'skipDrafts',
			type: 'boolean',
			default: false,
			description:
				'Whether to stop at pages that no reader can open yet. The trigger asks the site in the execution, which ends there for a draft.',
		},
		{
			displayName: 'Verify Signature',
			name: 'verifySignature',
			type: 'boolean',
			default: true,
			description:
				'Whether to verify the signature and its timestamp. Turn it off only while your site has no signing secret: then only the delivery token proves that Expert is calling.',
		},
	],
};

export const triggerProperties: INodeProperties[] = [
	needs,
	events,
	additionalEvents,
	pageDetails,
	simplify,
	filters,
	additionalOptions,
	keepBodyUnparsed,
];
