import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeProperties,
	IPollFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { MINUTE_MS } from '../durations';
import { keepBodyUnparsed } from '../n8n/raw-body';
import {
	ALL_EVENTS,
	chosenEvents,
	isPagePublished,
	OTHER_EVENTS,
	POLLING_CHOICES,
	shownName,
	TRIGGER_CHOICES,
} from '../event/choices';
import type { Wanted } from '../event/filters';
import { additionalEventsField, simplify } from '../parameters/common';
import {
	asList,
	choiceField,
	collectionField,
	type Field,
	flagField,
	listField,
	numberField,
	valueOf,
} from '../parameters/field';
import { byPathOrUrl, locatorProperty, locatorsField } from '../parameters/locator';
import { HOME } from '../parameters/page-search';

/* The parameters of the trigger nodes: what n8n shows, and how each is read. See docs/trigger.md. */

const events = listField({
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	required: true,
	default: [],
	options: TRIGGER_CHOICES,
});

const additionalEvents = additionalEventsField(events.property.name, { required: true });

const pageDetails = flagField({
	displayName: 'Add Page Details',
	name: 'pageDetails',
	default: true,
	description:
		'Whether to ask the site for what events leave out: title, author, tags, article type, draft state and more of the page',
});

const pathPrefixes = locatorsField(
	{
		displayName: 'Page Paths',
		name: 'pathPrefixes',
		description:
			'Only pages at or below these. Choose a page again once it moves. Beside others, the home page means itself only. Events without a page always pass.',
	},
	locatorProperty('searchPagePaths', { displayName: 'Page', name: 'page', ...byPathOrUrl }, null),
	// Reads paths unchanged: they can contain commas, and an empty one beside others stands for the home page.
	(entered) => [entered].flat().filter(isTextOrNumber).map(String),
	({ mode, value }) => (mode === 'list' && value === HOME ? '' : value),
);

function isTextOrNumber(row: unknown): row is string | number {
	return typeof row === 'string' || typeof row === 'number';
}

const excludeUsers = locatorsField(
	{
		displayName: 'Exclude Users',
		name: 'excludeUsers',
		description:
			"Users whose changes do not start the workflow. For the user of your own token, use 'Ignore Own Changes'.",
	},
	locatorProperty('searchUsers', {
		displayName: 'User',
		name: 'user',
		modes: [
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'e.g. api-bot',
				hint: 'User name or full name',
			},
		],
	}),
	asList,
);

const filters = collectionField(
	{ displayName: 'Filters', name: 'filters', placeholder: 'Add filter' },
	{
		excludeUsers,
		ignoreOwnChanges: flagField({
			displayName: 'Ignore Own Changes',
			name: 'ignoreOwnChanges',
			description:
				'Whether to ignore events that the user of the token has caused, so that the workflow does not start itself',
		}),
		languages: listField({
			displayName: 'Languages',
			name: 'languages',
			placeholder: 'e.g. en-US, de',
			description:
				'Only pages in these languages, separated by commas. "en" includes "en-US". Events without a page always start the workflow.',
		}),
		pathPrefixes,
		pageTags: listField({
			displayName: 'Page Tags',
			name: 'pageTags',
			placeholder: 'e.g. article:guide, review',
			description: 'Only pages that have one of these tags, separated by commas',
		}),
		skipDrafts: flagField({
			displayName: 'Skip Drafts',
			name: 'skipDrafts',
			description: 'Whether to skip pages that have not been published yet',
		}),
	},
);

/** A workflow file can ask for less than the editor offers. */
const MIN_CHECK_MINUTES = 0.05;

const deliveryOptions = {
	maxDeliveryAge: numberField({
		displayName: 'Deliveries: Max Age (Seconds)',
		name: 'maxDeliveryAge',
		typeOptions: { minValue: 1 },
		default: 3600,
		description: 'Deliveries signed longer ago are rejected. Keep it longer than Expert keeps retrying.',
	}),
	deliveriesPerExecution: choiceField({
		displayName: 'Deliveries: Per Execution',
		name: 'deliveriesPerExecution',
		default: 'severalInBurst',
		options: [
			{
				name: 'One',
				value: 'one',
				description: 'An execution for each. In a burst, responses are late, and Expert disables the webhook.',
			},
			{
				name: 'Several in a Burst',
				value: 'severalInBurst',
				description: 'An execution for each while n8n keeps up. In a burst, those that come meanwhile share one.',
			},
		],
		description:
			'How many deliveries may start one execution when many come at once, as in an import. Where several do, each node has to handle all items.',
	}),
};

const outputOptions = {
	includeHeaders: flagField({
		displayName: 'Output: Include Headers',
		name: 'includeHeaders',
		description: 'Whether to add the HTTP headers of the delivery, except those that hold secrets',
	}),
	includeRawXml: flagField({
		displayName: 'Output: Include Raw XML',
		name: 'includeRawXml',
		description: 'Whether to add the XML of the delivery as it was received',
	}),
};

const watchOptions = {
	checkEvery: numberField(
		{
			displayName: 'Watch: Check Every (Minutes)',
			name: 'checkEvery',
			// Set no numberPrecision, which would show "5.00".
			typeOptions: { minValue: 1, maxValue: 1439 },
			default: 5,
			description: 'How often to check the webhook and recover missed changes',
		},
		MIN_CHECK_MINUTES,
	),
	recoverMissedChanges: flagField({
		displayName: 'Watch: Recover Changes',
		name: 'recoverMissedChanges',
		default: true,
		description:
			'Whether to start the workflow also for pages that were created, edited or deleted while Expert could not deliver, or of which it sent no event. Their items have "recovered: true". Moves, tags, files, users and permissions are not recovered.',
	}),
	repairWebhook: flagField({
		displayName: 'Watch: Repair Webhook',
		name: 'repairWebhook',
		default: true,
		description:
			'Whether to check regularly that the webhook is registered, enabled and complete, and to repair it. What a person has disabled stays disabled.',
	}),
};

const additionalOptions = collectionField(
	{
		displayName: 'Additional Options',
		name: 'additionalOptions',
		// Show it on the tab "Settings", because few workflows need these options.
		isNodeSetting: true,
		placeholder: 'Add option',
	},
	{ ...deliveryOptions, ...outputOptions, ...watchOptions },
);

/** Shows what `checkBeforePublish` finds. The default is what the editor makes of it, so that a look changes nothing. */
const beforePublish: INodeProperties = {
	displayName: 'Before You Publish',
	name: 'beforePublish',
	type: 'resourceMapper',
	noDataExpression: true,
	default: {
		mappingMode: 'defineBelow',
		value: {},
		matchingColumns: [],
		schema: [],
		attemptToConvertTypes: false,
		convertFieldsToString: false,
	},
	typeOptions: {
		resourceMapper: {
			resourceMapperMethod: 'checkBeforePublish',
			mode: 'map',
			supportAutoMap: false,
			fieldWords: { singular: 'check', plural: 'checks' },
		},
	},
};

export const triggerProperties: INodeProperties[] = [
	events.property,
	additionalEvents.property,
	pageDetails.property,
	simplify.property,
	filters.property,
	beforePublish,
	additionalOptions.property,
	keepBodyUnparsed,
];

/** n8n adds *Poll Times* at the top. */
export const pollingProperties: INodeProperties[] = [
	{ ...events.property, options: POLLING_CHOICES },
	pageDetails.property,
	simplify.property,
	filters.property,
];

type Read = <T>(field: Field<T>) => T;

/** Odd values from an expression or an edited file count as the default, because they must not make a delivery fail. */
const LENIENT = { origin: undefined, timezone: 'UTC', isLenient: true };

function inStep(n8n: IExecuteFunctions): Read {
	return (field) => valueOf(field, n8n.getNodeParameter(field.property.name, 0, null), LENIENT);
}

export type TriggerParameters = ReturnType<typeof parametersBy>;

export function readParameters(
	n8n: IHookFunctions | IPollFunctions | ITriggerFunctions | IWebhookFunctions,
): TriggerParameters {
	return parametersBy((field) => valueOf(field, n8n.getNodeParameter(field.property.name, null), LENIENT));
}

/** Does the same as {@link readParameters} in an execution. */
export function readParametersInStep(n8n: IExecuteFunctions): TriggerParameters {
	return parametersBy(inStep(n8n));
}

function parametersBy(read: Read) {
	const { checkEvery, maxDeliveryAge: maxDeliveryAgeSeconds, ...options } = read(additionalOptions);
	return {
		...options,
		...wantedEvents(chosenNames(read)),
		simplify: read(simplify),
		filters: read(filters),
		maxDeliveryAgeSeconds,
		checkEveryMs: checkEvery * MINUTE_MS,
	};
}

function chosenNames(read: Read): string[] {
	const listed = read(events);
	// A hidden field may still contain a name.
	const named = listed.includes(OTHER_EVENTS) ? read(additionalEvents) : [];
	return [...listed, ...named];
}

function wantedEvents(names: string[]): Pick<Wanted, 'events' | 'allEvents'> {
	return {
		/** Path forms of the event types, each once. "All Events" stands for all 27. */
		events: chosenEvents(names),
		/** Whether to let through types that the vendor adds later. */
		allEvents: names.includes(ALL_EVENTS),
	};
}

/** Reads the chosen events in the trigger's own step. */
export function readChosenEvents(n8n: IExecuteFunctions): Pick<Wanted, 'events' | 'allEvents'> {
	return wantedEvents(chosenNames(inStep(n8n)));
}

/** Reads the events chosen besides "Page Published (First Time)". Returns `undefined` if that is not chosen. */
export function eventsBesidePublication(n8n: IExecuteFunctions): Pick<Wanted, 'events' | 'allEvents'> | undefined {
	const names = chosenNames(inStep(n8n));
	if (!names.some(isPagePublished)) return undefined;
	return wantedEvents(names.filter((name) => !isPagePublished(name)));
}

/** Whether somebody listens for a test event. Nothing is remembered then, so that the same event can be tried again. */
export function isTest(n8n: Pick<IWebhookFunctions, 'getMode'>): boolean {
	return n8n.getMode() === 'manual';
}

/** Parameters by which the trigger's own step asks the site and filters. */
export interface PageParameters {
	addDetails: boolean;
	skipDrafts: boolean;
	/** A page must have one of these tags. Empty lists let everything through. */
	tags: string[];
	/**
	 * Languages of the page. Nobody has said what the language of an event is (docs/vendor-facts.md#event-document).
	 */
	languages: string[];
	/** Paths by which deliveries are filtered, applied to pages that their event does not name. */
	pathPrefixes: string[];
}

export function readPageParameters(n8n: IExecuteFunctions): PageParameters {
	const read = inStep(n8n);
	const { languages, pageTags: tags, pathPrefixes, skipDrafts } = read(filters);
	return { addDetails: read(pageDetails), skipDrafts, tags, languages, pathPrefixes };
}

export function isRecoveryEnabled(n8n: IExecuteFunctions): boolean {
	return inStep(n8n)(additionalOptions).recoverMissedChanges;
}

/** Short names by value. They are part of the expression, which the editor evaluates without our code. */
const SHORT_NAMES = JSON.stringify(
	Object.fromEntries(
		TRIGGER_CHOICES.filter(({ value }) => ![ALL_EVENTS, OTHER_EVENTS].includes(value)).map(({ value }) => [
			value,
			shownName(value),
		]),
	),
);

const CHOSEN = `($parameter["events"] ?? []).filter(event => event !== "${OTHER_EVENTS}")`;
const ADDITIONAL = `($parameter["events"] ?? []).includes("${OTHER_EVENTS}") ? ($parameter["additionalEvents"] ?? "").split(",").map(event => event.trim()).filter(event => event !== "") : []`;

/** The editor shows the name of the one event, or their number, below the node's name. */
export const SUBTITLE = `={{ ((events, names) => events.includes("${ALL_EVENTS}") ? "All Events" : events.length > 1 ? events.length + " Events" : names[events[0]] ?? events[0] ?? "")([...${CHOSEN}, ...(${ADDITIONAL})], ${SHORT_NAMES}) }}`;
