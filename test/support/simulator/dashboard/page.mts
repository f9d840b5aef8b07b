import { eventTypes } from '../event-types.mts';
import type { Simulator } from '../types.mts';
import { controls } from './controls.mts';
import { deliveriesTable } from './deliveries-table.mts';
import { html, type Markup } from './html.mts';
import { pagesTable } from './pages-table.mts';
import { webhookCards } from './webhook-cards.mts';

/** The whole page. Parts with `data-live` are refreshed in place by live.js. */
export function dashboardPage(simulator: Simulator): Markup {
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<title>Expert site simulator</title>
				<link rel="icon" href="data:," />
				<link rel="stylesheet" href="/dashboard/style.css" />
				<script src="/dashboard/live.js" defer></script>
			</head>
			<body>
				<header>
					<div>
						<h1>Expert site simulator</h1>
						<p class="quiet">${simulator.url} · not a NiCE product</p>
					</div>
					<div id="queue" data-live>${queueState(simulator)}</div>
				</header>
				<div id="notices" data-live>${notices(simulator)}</div>
				<div class="columns">
					<main>
						<section>
							<h2>Webhooks</h2>
							<div id="webhooks" data-live>${webhookCards(simulator)}</div>
						</section>
						<section>
							<h2>
								Recent deliveries
								<small
									>CSV: <a href="/dashboard/deliveries-all.csv">all</a>
									<a href="/dashboard/deliveries-failures.csv">failures only</a></small
								>
							</h2>
							<div id="deliveries" data-live>${deliveriesTable(simulator)}</div>
						</section>
					</main>
					<aside>
						<section>${controls(simulator)}</section>
						<section>
							<h2>Pages</h2>
							<div id="pages" data-live>${pagesTable(simulator)}</div>
						</section>
						<section>${connection(simulator)}</section>
					</aside>
				</div>
			</body>
		</html>`;
}

function queueState({ queue }: Simulator): Markup {
	const waiting = queue.pending === 0 ? 'nothing waits' : `${queue.pending} under way or waiting`;
	const [state, action, label] = queue.paused
		? ['Deliveries paused', 'resume', 'Resume']
		: ['Deliveries running', 'pause', 'Pause'];
	return html`<form method="post" action="/dashboard/action" class="queue">
		<span class="dot ${queue.paused ? 'warn' : 'good'}"></span>
		<span><b>${state}</b>, ${waiting}</span>
		<button name="action" value="${action}">${label}</button>
	</form>`;
}

/**
 * The notification of a disabled webhook, until it is enabled again: see
 * docs/vendor-facts.md#disabled-webhooks.
 */
function notices(simulator: Simulator): Markup[] {
	const off = simulator.webhooks().filter(({ active }) => !active);
	return off.flatMap(({ id }) => {
		const notice = simulator.notifications.findLast(({ webhookId }) => webhookId === id);
		if (!notice) return [];
		const time = notice.at.toISOString().slice(11, 19);
		return [html`<p class="notice">${notice.message} (${time} UTC).</p>`];
	});
}

/** What a credential needs. */
function connection({ url, longTermToken, serverToken, signingSecret }: Simulator): Markup {
	const row = (name: string, value: string) =>
		html`<label>${name}<input readonly value="${value}" /></label>`;
	return html`<details>
		<summary>Connect to this site</summary>
		${row('Site URL', url)} ${row('API token (JWT)', longTermToken)}
		${row('Server token key', serverToken.key)} ${row('Server token secret', serverToken.secret)}
		${row('Server token user', serverToken.user)} ${row('Signing secret', signingSecret)}
		<p class="quiet">Knows ${eventTypes.length} event types.</p>
	</details>`;
}
