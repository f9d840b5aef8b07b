import type {
	IExecuteFunctions,
	IHookFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { ALL_EVENTS, chosenEvents, OTHER_EVENTS } from '../shared/events';

/** What a delivery must be about to start the workflow. Empty lists let everything through. */
export interface Filters {
	pathPrefixes: string[];
	languages: string[];
	excludeUsers: string[];
}

type WithParameters = IHookFunctions | ITriggerFunctions | IWebhookFunctions;

/** The node's parameters, with units and defaults. They are described in docs/trigger.md. */
export interface TriggerParameters {
	/** Path forms, each once; all 27 for "All Events". */
	events: string[];
	/** Whether to let through types that the vendor adds later. */
	allEvents: boolean;
	simplify: boolean;
	filters: Filters;
	/** Whether to drop events that the user of our own token has caused. */
	ignoreOwnChanges: boolean;
	acknowledge: 'saved' | 'immediately';
	/** Whether deliveries that arrive while n8n saves an execution start the next one together. */
	deliveriesPerExecution: 'one' | 'severalWhenBusy';
	/** How old a signed timestamp may be. */
	maxDeliveryAgeSeconds: number;
	verifySignature: boolean;
	includeHeaders: boolean;
	includeRawXml: boolean;
	/** Whether to look now and then whether the webhook is whole, and to repair it. */
	repairWebhook: boolean;
	/** Whether to start the workflow for what Expert could not deliver. */
	recoverMissedChanges: boolean;
	/** Time between two such looks. */
	checkEveryMs: number;
}

/** Default of "Max Delivery Age", in seconds. */
export const DEFAULT_MAX_DELIVERY_AGE_SECONDS = 3600;

/** Default of "Check Every", in minutes. */
export const DEFAULT_CHECK_MINUTES = 5;
/** Minimum of "Check Every", in minutes: three seconds, which is for trying it out. */
export const MIN_CHECK_MINUTES = 0.05;

/** Reads the parameters. Odd values (from an expression or an edited file) become the default. */
export function readParameters(context: WithParameters): TriggerParameters {
	const names = eventNames(context);
	const filters = record(context.getNodeParameter('filters', {}));
	const options = record(context.getNodeParameter('additionalOptions', {}));
	return {
		events: chosenEvents(names),
		allEvents: names.some((name) => name.trim() === ALL_EVENTS),
		simplify: context.getNodeParameter('simplify', true) !== false,
		filters: {
			pathPrefixes: strings(filters.pathPrefixes),
			languages: strings(filters.languages),
			excludeUsers: strings(filters.excludeUsers),
		},
		ignoreOwnChanges: options.ignoreOwnChanges === true,
		acknowledge: options.acknowledge === 'immediately' ? 'immediately' : 'saved',
		deliveriesPerExecution:
			options.deliveriesPerExecution === 'severalWhenBusy' ? 'severalWhenBusy' : 'one',
		maxDeliveryAgeSeconds: positive(options.maxDeliveryAge, DEFAULT_MAX_DELIVERY_AGE_SECONDS),
		verifySignature: options.verifySignature !== false,
		includeHeaders: options.includeHeaders === true,
		includeRawXml: options.includeRawXml === true,
		repairWebhook: options.repairWebhook !== false,
		recoverMissedChanges: recoversMissedChanges(options),
		checkEveryMs: checkInterval(options),
	};
}

function recoversMissedChanges({ recoverMissedChanges }: Record<string, unknown>): boolean {
	return recoverMissedChanges !== false;
}

/** In ms. */
function checkInterval({ checkEvery }: Record<string, unknown>): number {
	const minutes = positive(checkEvery, DEFAULT_CHECK_MINUTES, Number.MIN_VALUE);
	return Math.max(MIN_CHECK_MINUTES, minutes) * 60_000;
}

/** What is not shown does not count: a name may be left in the field. */
function eventNames(context: WithParameters): string[] {
	const events = strings(context.getNodeParameter('events', []));
	if (!events.includes(OTHER_EVENTS)) return events;
	const additional = strings(context.getNodeParameter('additionalEvents', ''));
	return [...events, ...additional.flatMap((each) => each.split(','))];
}

/** "Listen for test event": nothing of it is remembered, so that the same event can be tried again. */
export function isTest(n8n: Pick<IWebhookFunctions, 'getMode'>): boolean {
	return n8n.getMode() === 'manual';
}

/** What the trigger's own step of the execution asks the site for, and goes by. */
export interface PageParameters {
	addDetails: boolean;
	skipDrafts: boolean;
	/** Names of tags, of which a page must have one. Empty lists let everything through. */
	tags: string[];
	/** The filter of the deliveries, for a page that its event has not named. */
	pathPrefixes: string[];
}

/** Reads what the step in the execution goes by. Odd values become the default. */
export function readPageParameters(context: IExecuteFunctions): PageParameters {
	const filters = record(context.getNodeParameter('filters', 0, {}));
	const options = record(context.getNodeParameter('additionalOptions', 0, {}));
	return {
		addDetails: context.getNodeParameter('pageDetails', 0, true) !== false,
		skipDrafts: options.skipDrafts === true,
		tags: strings(filters.pageTags).filter((tag) => tag.trim() !== ''),
		pathPrefixes: strings(filters.pathPrefixes),
	};
}

/** Whether "Recover Missed Changes" is on, for the step in the execution. */
export function isRecoveryEnabled(context: IExecuteFunctions): boolean {
	return recoversMissedChanges(record(context.getNodeParameter('additionalOptions', 0, {})));
}

function record(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A list of texts; a single text is a list of one. */
function strings(value: unknown): string[] {
	const list = Array.isArray(value) ? value : [value];
	return list.filter((entry) => typeof entry === 'string' || typeof entry === 'number').map(String);
}

function positive(value: unknown, fallback: number, min = 1): number {
	const number = typeof value === 'boolean' || typeof value === 'object' ? NaN : Number(value);
	return Number.isFinite(number) && number >= min ? number : fallback;
}
