import type { Simulator } from '../types.mts';
import { connection } from './connection.mts';
import { controls } from './controls.mts';
import { deliveriesTable } from './deliveries-table.mts';
import { html, type Markup } from './html.mts';
import { pagesTable } from './pages-table.mts';
import { webhookCards } from './webhook-cards.mts';

/** What became of the last button that was pressed. */
export interface ActionOutcome {
	ok: boolean;
	text: string;
}

/** The whole page. Parts with `data-live` are refreshed in place by live.js. */
export function dashboardPage(simulator: Simulator, outcome?: ActionOutcome): Markup {
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
				<p id="outcome" role="status">
					<span class="${outcome?.ok === false ? 'bad' : 'good'}">${outcome?.text ?? ''}</span>
				</p>
				<div id="notices" data-live>${notices(simulator)}</div>
				<div class="columns">
					<aside>
						<section>${controls(simulator)}</section>
						<section>${connection(simulator)}</section>
					</aside>
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
							${scrollBox('deliveries', 'Recent deliveries', deliveriesTable(simulator))}
						</section>
						<section>
							<h2>Pages</h2>
							${scrollBox('pages', 'Pages', pagesTable(simulator))}
						</section>
					</main>
				</div>
			</body>
		</html>`;
}

/** A table that may be wider than the screen; the keyboard scrolls what can have the focus. */
function scrollBox(id: string, label: string, content: Markup): Markup {
	return html`<div
		id="${id}"
		class="scroll"
		role="region"
		aria-label="${label}"
		tabindex="0"
		data-live
	>
		${content}
	</div>`;
}

function queueState({ queue }: Simulator): Markup {
	const waiting = queue.pending === 0 ? 'nothing waits' : `${queue.pending} under way or waiting`;
	const [state, action, label] = queue.paused
		? ['Deliveries paused', 'resume', 'Resume']
		: ['Deliveries running', 'pause', 'Pause'];
	return html`<form method="post" action="/dashboard/action" class="queue">
		<span class="dot ${queue.paused ? 'warn' : 'good'}"></span>
		<span><b>${state}</b>, ${waiting}</span>
		<button name="action" value="${action}" id="queue-button">${label}</button>
	</form>`;
}

/**
 * The notification of a webhook that the site has disabled, as long as it is so: see
 * docs/vendor-facts.md#disabled-webhooks.
 */
function notices(simulator: Simulator): Markup[] {
	const { disabledReasonFailures } = simulator.settings;
	const off = simulator
		.webhooks()
		.filter(({ active, disabledReason }) => !active && disabledReason === disabledReasonFailures);
	return off.flatMap(({ id }) => {
		const notice = simulator.notifications.findLast(({ webhookId }) => webhookId === id);
		if (!notice) return [];
		const time = notice.at.toISOString().slice(11, 19);
		return [
			html`<p class="notice">
				${notice.message} (${time} UTC). Enable it again below, or see docs/operating.md#sizing.
			</p>`,
		];
	});
}
