import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeProperties,
	IPollFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

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
import type { Wanted } from '../event/wanted';

/*
 * The node's parameters: what n8n shows, and how each is read. See docs/trigger.md.
 */

/** Preserves names and choices as types, for {@link valueOf}. */
function declared<const P extends INodeProperties>(property: P): P {
	return property;
}

const needs: INodeProperties = {
	displayName:
		'The credential needs the token of an admin, and webhooks must be enabled for your site. n8n registers the webhook when you publish: there is no URL to copy.',
	name: 'needs',
	type: 'notice',
	default: '',
};

const events = declared({
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	required: true,
	default: [],
	options: TRIGGER_CHOICES,
});

const additionalEvents = declared({
	displayName: 'Additional Events',
	name: 'additionalEvents',
	type: 'string',
	required: true,
	displayOptions: { show: { events: [OTHER_EVENTS] } },
	default: '',
	placeholder: 'e.g. first_event, second_event',
	description: 'Comma-separated list of event types',
});

const pageDetails = declared({
	displayName: 'Add Page Details',
	name: 'pageDetails',
	type: 'boolean',
	default: true,
	description:
		'Whether to ask the site for what events leave out: title, author, tags, article type, draft state and more of the page',
});

const simplify = declared({
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

const filters = declared({
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
			default: '',
			placeholder: 'e.g. 42, api-bot',
			description:
				"Comma-separated IDs, user names or full names of users whose changes do not start the workflow. For the user of your own token, use 'Ignore Own Changes'.",
		},
		{
			displayName: 'Ignore Own Changes',
			name: 'ignoreOwnChanges',
			type: 'boolean',
			default: false,
			description:
				'Whether to ignore events that the user of the token has caused, so that the workflow does not start itself',
		},
		{
			displayName: 'Languages',
			name: 'languages',
			type: 'string',
			default: '',
			placeholder: 'e.g. en-US, de',
			description:
				'Only pages in these languages, separated by commas. "en" includes "en-US". Events without a page always start the workflow.',
		},
		{
			displayName: 'Page Paths',
			name: 'pathPrefixes',
			type: 'string',
			// A string, as n8n adds an empty row with the filter. A list, as paths can contain commas.
			default: '',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Path' },
			placeholder: 'e.g. Guides/Setup',
			description:
				'Only pages at or below these paths or page addresses. An empty row beside others stands for the home page. Events without a page always start the workflow.',
		},
		{
			displayName: 'Page Tags',
			name: 'pageTags',
			type: 'string',
			default: '',
			placeholder: 'e.g. article:guide, review',
			description: 'Only pages that have one of these tags, separated by commas',
		},
		{
			displayName: 'Skip Drafts',
			name: 'skipDrafts',
			type: 'boolean',
			default: false,
			description: 'Whether to skip pages that have not been published yet',
		},
	],
});

const MIN_CHECK_MINUTES = 0.05;
const MAX_AGE_SECONDS = 3600;

const additionalOptions = declared({
	displayName: 'Additional Options',
	name: 'additionalOptions',
	type: 'collection',
	// On the tab "Settings": few workflows need these.
	isNodeSetting: true,
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Deliveries: Max Age (Seconds)',
			name: 'maxDeliveryAge',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: MAX_AGE_SECONDS,
			description: 'Deliveries signed longer ago are rejected. Keep it longer than Expert keeps retrying.',
		},
		{
			displayName: 'Deliveries: Per Execution',
			name: 'deliveriesPerExecution',
			type: 'options',
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
		},
		{
			displayName: 'Output: Include Headers',
			name: 'includeHeaders',
			type: 'boolean',
			default: false,
			description: 'Whether to add the HTTP headers of the delivery, except those that hold secrets',
		},
		{
			displayName: 'Output: Include Raw XML',
			name: 'includeRawXml',
			type: 'boolean',
			default: false,
			description: 'Whether to add the XML of the delivery as it was received',
		},
		{
			displayName: 'Watch: Check Every (Minutes)',
			name: 'checkEvery',
			type: 'number',
			// No numberPrecision: it would show "5.00". Fractions work anyway; 3 s are for trying it out.
			typeOptions: { minValue: MIN_CHECK_MINUTES },
			default: 5,
			description: 'How often to check the webhook and recover missed changes',
		},
		{
			displayName: 'Watch: Recover Missed Changes',
			name: 'recoverMissedChanges',
			type: 'boolean',
			default: true,
			description:
				'Whether to start the workflow also for pages that were created, edited or deleted while Expert could not deliver, or of which it sent no event. Their items have "recovered: true". Moves, tags, files, users and permissions are not recovered.',
		},
		{
			displayName: 'Watch: Repair Webhook',
			name: 'repairWebhook',
			type: 'boolean',
			default: true,
			description:
				'Whether to check regularly that the webhook is registered, enabled and complete, and to repair it. What a person has disabled stays disabled.',
		},
	],
});

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

/** n8n adds *Poll Times* at the top. */
export const pollingProperties: INodeProperties[] = [
	{ ...events, options: POLLING_CHOICES },
	pageDetails,
	simplify,
	filters,
];

type ValueOf<P> = P extends { type: 'boolean' }
	? boolean
	: P extends { type: 'number' }
		? number
		: P extends { type: 'options'; options: Array<{ value: infer Choice }> }
			? Choice
			: P extends { type: 'collection'; options: Array<infer Part extends { name: string }> }
				? { [Name in Part['name']]: ValueOf<Extract<Part, { name: Name }>> }
				: string[];

/** Replaces odd values, from an expression or an edited file, by the default. */
function valueOf<P extends INodeProperties>(property: P, entered: unknown): ValueOf<P> {
	return readAs(property, entered) as ValueOf<P>;
}

function readAs(property: INodeProperties, entered: unknown): unknown {
	const { type, default: unless } = property;
	const options = (property.options ?? []) as Array<INodeProperties & { value?: unknown }>;
	switch (type) {
		case 'boolean':
			return typeof entered === 'boolean' ? entered : unless;
		case 'number':
			return positive(entered) ?? unless;
		case 'options':
			return options.some(({ value }) => value === entered) ? entered : unless;
		case 'collection': {
			const added = (typeof entered === 'object' ? entered : null) ?? {};
			const values = added as Record<string, unknown>;
			return Object.fromEntries(options.map((part) => [part.name, readAs(part, values[part.name])]));
		}
		default:
			return strings(hasCommas(property, entered) ? entered.split(',') : entered);
	}
}

function positive(entered: unknown): number | undefined {
	const number = typeof entered === 'boolean' || typeof entered === 'object' ? NaN : Number(entered);
	return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Several values in a single-line field. */
function hasCommas({ type, typeOptions }: INodeProperties, entered: unknown): entered is string {
	return type === 'string' && typeOptions?.multipleValues !== true && typeof entered === 'string';
}

/** A single text becomes a list of one. */
function strings(entered: unknown): string[] {
	const list: unknown[] = Array.isArray(entered) ? entered : [entered];
	return list.filter((each) => typeof each === 'string' || typeof each === 'number').map(String);
}

export type TriggerParameters = ReturnType<typeof readParameters>;

export function readParameters(context: IHookFunctions | IPollFunctions | ITriggerFunctions | IWebhookFunctions) {
	return parametersBy((property) => valueOf(property, context.getNodeParameter(property.name, property.default)));
}

/** As {@link readParameters}, in an execution. */
export function readParametersInStep(context: IExecuteFunctions): TriggerParameters {
	return parametersBy((property) => readInStep(context, property));
}

function parametersBy(read: <P extends INodeProperties>(property: P) => ValueOf<P>) {
	const { checkEvery, maxDeliveryAge, ...options } = read(additionalOptions);
	return {
		...options,
		...wantedEvents(chosenNames(read)),
		simplify: read(simplify),
		filters: read(filters),
		// Nothing arrives within less than a second.
		maxDeliveryAgeSeconds: maxDeliveryAge < 1 ? MAX_AGE_SECONDS : maxDeliveryAge,
		checkEveryMs: Math.max(MIN_CHECK_MINUTES, checkEvery) * 60_000,
	};
}

function chosenNames(read: (property: typeof events | typeof additionalEvents) => string[]) {
	const listed = read(events);
	// A hidden field may still contain a name.
	const named = listed.includes(OTHER_EVENTS) ? read(additionalEvents) : [];
	return [...listed, ...named];
}

function wantedEvents(names: string[]): Pick<Wanted, 'events' | 'allEvents'> {
	return {
		/** Path forms, each once; all 27 for "All Events". */
		events: chosenEvents(names),
		/** Whether to let through types that the vendor adds later. */
		allEvents: names.some((name) => name.trim() === ALL_EVENTS),
	};
}

/** What the workflow author has chosen, for the trigger's own step. */
export function readChosenEvents(context: IExecuteFunctions): Pick<Wanted, 'events' | 'allEvents'> {
	return wantedEvents(chosenNames((property) => readInStep(context, property)));
}

/** Events wanted beside "Page Published (First Time)"; `undefined` if that is not chosen. */
export function eventsBesidePublication(context: IExecuteFunctions): Pick<Wanted, 'events' | 'allEvents'> | undefined {
	const names = chosenNames((property) => readInStep(context, property));
	if (!names.some(isPagePublished)) return undefined;
	return wantedEvents(names.filter((name) => !isPagePublished(name)));
}

/** "Listen for test event". Nothing is remembered, so the same event can be tried again. */
export function isTest(n8n: Pick<IWebhookFunctions, 'getMode'>): boolean {
	return n8n.getMode() === 'manual';
}

/** What the trigger's own step asks the site for, and filters by. */
export interface PageParameters {
	addDetails: boolean;
	skipDrafts: boolean;
	/** A page must have one of these tags. Empty lists let everything through. */
	tags: string[];
	/** Of the page: nobody has said what the language of an event is (docs/vendor-facts.md#event-document). */
	languages: string[];
	/** The filter of deliveries, for pages that their event does not name. */
	pathPrefixes: string[];
}

export function readPageParameters(context: IExecuteFunctions): PageParameters {
	const { languages, pageTags, pathPrefixes, skipDrafts } = readInStep(context, filters);
	return {
		addDetails: readInStep(context, pageDetails),
		skipDrafts,
		tags: pageTags.filter((tag) => tag.trim() !== ''),
		languages: languages.filter((tag) => tag.trim() !== ''),
		pathPrefixes,
	};
}

export function isRecoveryEnabled(context: IExecuteFunctions): boolean {
	return readInStep(context, additionalOptions).recoverMissedChanges;
}

function readInStep<P extends INodeProperties>(context: IExecuteFunctions, property: P): ValueOf<P> {
	return valueOf(property, context.getNodeParameter(property.name, 0, property.default));
}

/** Short names by value, inside the expression: the editor evaluates it, without our code. */
const NAMES = JSON.stringify(
	Object.fromEntries(
		TRIGGER_CHOICES.filter(({ value }) => ![ALL_EVENTS, OTHER_EVENTS].includes(value)).map(({ value }) => [
			value,
			shownName(value),
		]),
	),
);

const CHOSEN = `($parameter["events"] ?? []).filter(event => event !== "${OTHER_EVENTS}")`;
const ADDITIONAL = `($parameter["events"] ?? []).includes("${OTHER_EVENTS}") ? ($parameter["additionalEvents"] ?? "").split(",").map(event => event.trim()).filter(event => event !== "") : []`;

/** Below the node's name the editor shows the name of the one event, or their number. */
export const SUBTITLE = `={{ ((events, names) => events.includes("${ALL_EVENTS}") ? "All Events" : events.length > 1 ? events.length + " Events" : names[events[0]] ?? events[0] ?? "")([...${CHOSEN}, ...(${ADDITIONAL})], ${NAMES}) }}`;
