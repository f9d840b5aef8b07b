import { setTimeout as sleep } from 'node:timers/promises';
import { type Execution, executionItems } from '../n8n/executions.mts';
import type { DeliveryAttempt } from '../simulator/index.mts';
import { waitFor } from '../wait.mts';
import type { Item, Outcome, Stage } from './stage.mts';
import { fact, green, heading, red, remark } from './terminal.mts';

/** One delivery, followed from the site through n8n to the item that the workflow received. */
export interface Trace extends Partial<Outcome> {
	delivery: DeliveryAttempt;
}

/** Finds what n8n made of a delivery; waits a little, as n8n stores the data after it responded. */
export async function traceOf(stage: Stage, delivery: DeliveryAttempt): Promise<Trace> {
	const read = async () => await stage.outcomeOf(delivery.deliveryId);
	const what = `there is an execution for delivery ${delivery.deliveryId}`;
	const outcome = delivery.failureReason
		? await read()
		: await waitFor(what, read, { timeoutMs: 30_000, intervalMs: 500 }).catch(undefinedIfLate);
	return { delivery, ...outcome };
}

function undefinedIfLate(error: Error): undefined {
	if (error.name !== 'TimeoutError') throw error;
}

/** Why a trace is not what it should be, or undefined. */
export function problemOf({ delivery, execution, item }: Trace): string | undefined {
	if (delivery.statusCode !== 200) {
		return `delivery ${delivery.deliveryId}: ${delivery.failureReason || delivery.statusCode}`;
	}
	if (!execution) return `delivery ${delivery.deliveryId} started no execution`;
	if (execution.status !== 'success') return `execution ${execution.id} is ${execution.status}`;
	if (item && item.eventId !== delivery.eventId) return `execution ${execution.id} has another event`;
	return undefined;
}

export function printTrace(stage: Stage, trace: Trace): void {
	const { delivery, execution } = trace;
	const webhook = webhookOf(stage, delivery);
	const state = webhook ? `${webhook.events.length} events` : 'removed';
	fact('registered', `webhook ${delivery.webhookId} (${state}) listens for ${delivery.eventType}`);
	const status = delivery.statusCode ?? delivery.failureReason;
	const outcome = delivery.statusCode === 200 ? green(String(status)) : red(String(status));
	fact('delivered', `${delivery.deliveryId}: ${outcome} after ${delivery.responseTimeMs} ms`);
	if (!execution) {
		const isOther = webhook !== undefined && !isForStage(stage, delivery);
		fact('execution', isOther ? 'in another workflow: see its Executions in n8n' : NO_EXECUTION);
		return;
	}
	fact('verified', `signed at ${delivery.timestamp}; event ${delivery.eventId}`);
	printOutcome({ ...trace, execution });
}

const NO_EXECUTION = 'none: it was refused or filtered out';

export function printOutcome({ execution, item }: Outcome): void {
	fact('execution', `#${execution.id} ${execution.status}, ${runTime(execution)} ms`);
	fact('item', item ? describeItem(item) : 'none: a draft, or a page that has come before');
	const messages = executionItems(execution, 'Write a message');
	for (const { message } of messages) fact('message', `"${message}"`);
}

/** Somebody who tries more makes workflows of their own. */
function isForStage(stage: Stage, delivery: DeliveryAttempt): boolean {
	return webhookOf(stage, delivery)?.url.includes(stage.webhookId) ?? false;
}

/** `undefined` once it has been removed. */
function webhookOf({ simulator }: Stage, { webhookId }: DeliveryAttempt) {
	return simulator.webhooks().find(({ id }) => id === webhookId);
}

function runTime({ startedAt, stoppedAt }: Execution): number {
	return stoppedAt ? Date.parse(stoppedAt) - Date.parse(startedAt) : 0;
}

function describeItem(item: Item): string {
	const { eventType, page, user, occurredAt, tagsAdded, tagsRemoved, previous } = item;
	const parts = [
		eventType,
		item.firstPublication && 'first publication',
		page && `page ${page.id} ${page.path}`,
		previous?.path && `from ${previous.path}`,
		tagsAdded?.length && `tags added: ${tagsAdded.join(', ')}`,
		tagsRemoved?.length && `tags removed: ${tagsRemoved.join(', ')}`,
		user && `by ${user.name ?? user.id}`,
		occurredAt,
		page?.url,
	];
	return parts.filter(Boolean).join(' · ');
}

/** Prints what happens from now on, until the signal: someone clicks in the simulator's page. */
export async function followDeliveries(stage: Stage, signal: AbortSignal): Promise<void> {
	const { deliveries, notifications } = stage.simulator;
	let shown = deliveries.length;
	let told = notifications.length;
	while (!signal.aborted) {
		for (const { message } of notifications.slice(told)) {
			told++;
			heading('The site has disabled the webhook');
			remark(`${message} Enable it again at the Expert site, or see docs/operating.md#sizing.`);
		}
		const delivery = deliveries[shown];
		if (!delivery) {
			await sleep(200, undefined, { signal }).catch(() => {});
			continue;
		}
		shown++;
		const retry = delivery.retryAttempt > 0 ? `, retry ${delivery.retryAttempt}` : '';
		heading(`${delivery.eventType}${retry}`);
		printTrace(stage, isForStage(stage, delivery) ? await traceOf(stage, delivery) : { delivery });
	}
}
