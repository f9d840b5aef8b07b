import { figuresOf } from '../delivery-log.mts';
import { eventTypes } from '../event-types.mts';
import type { Simulator } from '../types.mts';
import type { WebhookState } from '../webhooks.mts';
import { html, type Markup } from './html.mts';

/**
 * State, failure rate and response times of each webhook (docs/vendor-facts.md#delivery-log); never
 * its header value.
 */
export function webhookCards(simulator: Simulator): Markup | Markup[] {
	const webhooks = simulator.webhooks();
	if (webhooks.length === 0) {
		return html`<p class="quiet">
			None yet. Publish a workflow, or POST one to ${simulator.url}/@api/deki/webhooks.
		</p>`;
	}
	return webhooks.map((webhook) => card(simulator, webhook));
}

function card(simulator: Simulator, webhook: WebhookState): Markup {
	const figures = figuresOf(simulator.deliveries, webhook.id);
	const rate = figures.attempts === 0 ? '–' : `${Math.round(figures.failureRate * 100)} %`;
	const times =
		figures.attempts === 0 ? '–' : `${Math.round(figures.p50Ms)} / ${Math.round(figures.p95Ms)} ms`;
	const { autoDisableAfter } = simulator.settings;
	const button = `webhook-${webhook.id}-button`;
	return html`<article class="card ${webhook.active ? '' : 'off'}">
		<div class="line">
			<span class="chip ${webhook.active ? 'good' : 'bad'}">${stateOf(webhook, simulator)}</span>
			<b>#${webhook.id}</b>
			<code class="url" title="${webhook.url}">${webhook.url}</code>
			<form method="post" action="/dashboard/action">
				<input type="hidden" name="webhook" value="${webhook.id}" />
				${webhook.active
					? html`<button name="action" value="disable" id="${button}">Disable</button>`
					: html`<button name="action" value="enable" id="${button}" class="main">
							Enable again
						</button>`}
			</form>
		</div>
		<dl>
			${figure('Attempts', String(figures.attempts))} ${figure('Failure rate', rate)}
			${figure('Response p50 / p95', times)}
			${figure('Failures in a row', `${webhook.consecutiveFailures} of ${autoDisableAfter}`)}
			${figure('Dropped', String(webhook.dropped))}
		</dl>
		<div class="events">${eventsOf(webhook)}</div>
	</article>`;
}

const figure = (name: string, value: string) =>
	html`<div>
		<dt>${name}</dt>
		<dd>${value}</dd>
	</div>`;

function stateOf(webhook: WebhookState, { settings }: Simulator): string {
	if (webhook.active) return 'active';
	const automatic = webhook.disabledReason === settings.disabledReasonFailures;
	return automatic ? `disabled by failures (reason ${webhook.disabledReason})` : 'disabled';
}

function eventsOf({ events }: WebhookState): Markup | Markup[] {
	if (events.length === 0) return html`<span class="quiet">no event types registered</span>`;
	if (events.length >= eventTypes.length) {
		return html`<span class="chip">all ${events.length} event types</span>`;
	}
	return events.map((name) => html`<span class="chip">${name}</span> `);
}
