import type { DeliveryAttempt } from '../delivery/attempts.mts';
import type { Page } from '../site/pages.mts';
import type { WebhookState } from '../site/webhooks.mts';
import type { Simulator } from '../simulator.mts';
import { html, type Markup } from './html.mts';

const MAX_ROWS = 30;

/** Parts with `data-live` are refreshed in place by live.js. */
export function dashboardPage(simulator: Simulator, outcome: string): Markup {
	return html`<!doctype html>
		<html lang="en">
			${head('Expert site simulator')}
			<script src="/dashboard/live.js" defer></script>
			<h1>Expert site simulator</h1>
			<p class="quiet">${simulator.url} · not a NiCE product</p>
			<p role="status">${outcome}</p>
			${form(html`
				<label>Title <input name="title" /></label>
				<button name="action" value="create">Create page</button>
				<button name="action" value="import">Import 5 pages</button>
			`)}
			${form(html`
				<label
					>Page
					<select name="page" id="choice" data-live>
						${choices(simulator)}
					</select></label
				>
				<button name="action" value="edit">Edit</button>
				<button name="action" value="attach">Attach file</button>
				<button name="action" value="delete">Delete</button>
				<label>New path or tag <input name="text" /></label>
				<button name="action" value="move">Move</button>
				<button name="action" value="tag">Add tag</button>
			`)}
			<h2>Webhooks</h2>
			<div id="webhooks" data-live>
				${queueState(simulator)} ${simulator.webhooks().map(webhookForm)}
				${simulator.notifications
					.slice(-1)
					.map(({ message }) => html`<p class="bad">${message}</p>`)}
			</div>
			<h2>Recent deliveries</h2>
			<table id="deliveries" data-live>
				${newest(simulator.deliveries).map(row)}
			</table>
			<details>
				<summary>Connect n8n to this site</summary>
				${connection(simulator)}
			</details>
		</html>`;
}

/** A page of the site as a visitor sees it; its own HTML runs in a sandbox. */
export function sitePage({ title, path, revision, tags, html: text }: Page): Markup {
	return html`<!doctype html>
		<html lang="en">
			${head(title)}
			<a href="/">← Dashboard</a>
			<h1>${title}</h1>
			<p class="quiet">${path || 'Home page'} · revision ${revision} · ${tags.join(', ')}</p>
			<iframe sandbox srcdoc="${text}"></iframe>
		</html>`;
}

const head = (title: string) => html`
	<meta charset="utf-8" />
	<meta name="viewport" content="width=device-width, initial-scale=1" />
	<link rel="icon" href="data:," />
	<link rel="stylesheet" href="/dashboard/style.css" />
	<title>${title}</title>
`;

const form = (content: Markup) =>
	html`<form method="post" action="/dashboard/action">${content}</form>`;

/** Newest first: the page just made is the one to play with. */
function choices({ site }: Simulator): Markup[] {
	const pages = site.pages.current.filter(({ path }) => path !== '').reverse();
	return pages.map(({ id, path }) => html`<option value="${id}">${path}</option>`);
}

function queueState({ queue: { paused, pending } }: Simulator): Markup {
	const [action, label] = paused ? ['resume', 'Resume'] : ['pause', 'Pause'];
	return form(html`
		Deliveries ${paused ? 'paused' : 'running'}, ${pending} under way or waiting
		<button name="action" value="${action}">${label}</button>
	`);
}

/** Never with the header value. */
function webhookForm(webhook: WebhookState): Markup {
	const { id, url, active, disabledReason, consecutiveFailures, dropped, events } = webhook;
	const state = active ? 'active' : `disabled (reason ${disabledReason})`;
	const [action, label] = active ? ['disable', 'Disable'] : ['enable', 'Enable again'];
	return form(html`
		<input type="hidden" name="webhook" value="${id}" />
		<b>#${id}</b> <code>${url}</code> <span class="${active ? 'good' : 'bad'}">${state}</span>
		<button name="action" value="${action}">${label}</button>
		<p class="quiet">
			${consecutiveFailures} failures in a row, ${dropped} dropped · ${events.join(', ')}
		</p>
	`);
}

/** By their start; the log is in the order of their ends. */
function newest(deliveries: readonly DeliveryAttempt[]): DeliveryAttempt[] {
	return deliveries
		.toSorted((a, b) => b.deliveryTimestamp.localeCompare(a.deliveryTimestamp))
		.slice(0, MAX_ROWS);
}

function row(attempt: DeliveryAttempt): Markup {
	const { failureReason, retryAttempt, statusCode } = attempt;
	return html`<tr>
		<td>${attempt.deliveryTimestamp.slice(11, 23)}</td>
		<td>${attempt.eventType}</td>
		<td>#${attempt.webhookId}</td>
		<td class="${failureReason === '' ? 'good' : 'bad'}">${statusCode ?? 'no response'}</td>
		<td>${attempt.responseTimeMs} ms</td>
		<td>${retryAttempt === 0 ? 'first' : `retry ${retryAttempt}`}</td>
		<td class="quiet">${failureReason}</td>
	</tr>`;
}

/** In the words of n8n's form. */
function connection({ url, longTermToken, serverToken, signingSecret }: Simulator): Markup[] {
	const values = {
		'Site URL': url,
		'Long-Term Token': longTermToken,
		'Signing Secret': signingSecret,
		'Token Key': serverToken.key,
		'Token Secret': serverToken.secret,
		'Run As User': serverToken.user,
	};
	return Object.entries(values).map(
		([label, value]) => html`<label>${label} <input readonly value="${value}" /></label>`,
	);
}
