import type { DeliveryAttempt } from '../delivery-log.mts';
import type { Simulator } from '../types.mts';
import { html, type Markup } from './html.mts';

const shown = 30;

/**
 * The last attempts, newest first by their start (docs/vendor-facts.md#delivery-log); the log is in
 * the order of their ends.
 */
export function deliveriesTable({ deliveries }: Simulator): Markup {
	if (deliveries.length === 0) return html`<p class="quiet">Nothing was sent yet.</p>`;
	return html`<table>
		<thead>
			<tr>
				<th>Time (UTC)</th>
				<th>Event</th>
				<th>Hook</th>
				<th>Status</th>
				<th>Took</th>
				<th>Try</th>
				<th>Failure reason</th>
				<th>Delivery id</th>
			</tr>
		</thead>
		<tbody>
			${newest(deliveries).map(row)}
		</tbody>
	</table>`;
}

function newest(deliveries: readonly DeliveryAttempt[]): DeliveryAttempt[] {
	return deliveries
		.toSorted((a, b) => b.deliveryTimestamp.localeCompare(a.deliveryTimestamp))
		.slice(0, shown);
}

function row(attempt: DeliveryAttempt): Markup {
	const failed = attempt.failureReason !== '';
	return html`<tr>
		<td>${attempt.deliveryTimestamp.slice(11, 23)}</td>
		<td>${attempt.eventType}</td>
		<td>#${attempt.webhookId}</td>
		<td><span class="chip ${failed ? 'bad' : 'good'}">${statusOf(attempt)}</span></td>
		<td class="number">${attempt.responseTimeMs} ms</td>
		<td class="number">
			${attempt.retryAttempt === 0 ? 'first' : `retry ${attempt.retryAttempt}`}
		</td>
		<td class="reason quiet" title="${attempt.failureReason}">${attempt.failureReason}</td>
		<td><code title="${attempt.deliveryId}">${attempt.deliveryId.slice(0, 8)}</code></td>
	</tr>`;
}

function statusOf({ statusCode, failureReason }: DeliveryAttempt): string {
	if (statusCode !== null) return String(statusCode);
	return failureReason.startsWith('timeout') ? 'timeout' : 'no connection';
}
