import express, { type Router } from 'express';
import { actions, AUTHOR, type Fields } from './dashboard-actions.mts';
import type { Simulator } from './simulator.mts';
import type { Page } from './site/pages.mts';
import type { WebhookState } from './site/webhooks.mts';

const MAX_ROWS = 30;

/** The web page at `/`, to look at the site and to change it; below it, the site's own pages. */
export function dashboardRouter(simulator: Simulator): Router {
	const router = express.Router();
	router.get('/', ({ query }, response) => {
		const { done = '', by } = query as Fields;
		response.type('html').send(dashboard(simulator, done, by));
	});
	router.post('/dashboard/action', express.urlencoded({ extended: false }), (request, response) => {
		const fields = request.body as Fields & { action: keyof typeof actions };
		const { by = AUTHOR } = fields;
		try {
			const [, run] = actions[fields.action];
			const query = new URLSearchParams({ done: run(simulator, fields), by });
			response.redirect(303, `/?${query.toString()}`);
		} catch (error) {
			response.status(400).type('html');
			response.send(dashboard(simulator, (error as Error).message, by));
		}
	});
	router.get('/{*path}', (request, response) => {
		const page = simulator.site.pages.byPath(decodeURIComponent(request.path.slice(1)));
		if (!page) return response.status(404).type('text').send('No such page');
		return response.type('html').send(sitePage(page));
	});
	return router;
}

/** Parts with `data-live` are refreshed in place, so that nothing typed is lost. */
function dashboard(simulator: Simulator, outcome: string, by = AUTHOR): string {
	const author = select('As user', 'by', authorsOf(simulator), by);
	return html`${head('Expert site simulator')}
		<h1>Expert site simulator</h1>
		<p class="quiet">${simulator.url} · not a NiCE product</p>
		<p role="status">${outcome}</p>
		<h2>A new page</h2>
		${form(input('Title', 'title'), ...buttons('create', 'createDraft'), author)}
		<h2>A page that is there</h2>
		${form(
			select('Page', 'page', pagesOf(simulator)),
			...buttons('edit', 'draft', 'publish', 'unpublish', 'attach', 'delete'),
			input('New path or tag', 'text'),
			...buttons('move', 'tag'),
			author,
		)}
		<h2>Make the site misbehave</h2>
		${form(input('Status of each call, or NAME=VALUE of a setting', 'how'), ...buttons('misbehave'))}
		<h2>Webhooks</h2>
		<div id="webhooks" data-live>
			${simulator.webhooks().map(webhookForm)}
			${simulator.notifications.slice(-1).map(({ message }) => html`<p class="bad">${message}</p>`)}
		</div>
		<h2>Recent deliveries</h2>
		<table id="deliveries" data-live>
			${deliveryRows(simulator)}
		</table>
		<details>
			<summary>Connect n8n to this site</summary>
			${connection(simulator)}
		</details>
		<script type="module">
			${new Markup(REFRESH)};
		</script>`.text;
}

/** A page of the site as a visitor sees it; its own HTML runs in a sandbox. */
function sitePage({ title, path, revision, tags, html: text }: Page): string {
	return html`${head(title)}
		<a href="/">← Dashboard</a>
		<h1>${title}</h1>
		<p class="quiet">${path || 'Home page'} · revision ${revision} · ${tags.join(', ')}</p>
		<iframe sandbox srcdoc="${text}"></iframe>`.text;
}

/** Somebody may be choosing from a part, or about to press its button: then it stays. */
const REFRESH = `setInterval(async () => {
	const text = await (await fetch('/')).text();
	const fresh = new DOMParser().parseFromString(text, 'text/html');
	for (const part of document.querySelectorAll('[data-live]')) {
		const next = fresh.getElementById(part.id).innerHTML;
		if (next === part.dataset.last || part.contains(document.activeElement)) continue;
		const { value } = part;
		part.dataset.last = part.innerHTML = next;
		if (part.querySelector('option[value="' + value + '"]')) part.value = value;
	}
}, 1000)`;

const STYLE = `:root { color-scheme: light dark }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif }
form { margin: 0.5rem 0; overflow-wrap: anywhere }
th, td { padding: 0 0.75rem 0 0; text-align: left }
details label { display: block }
details input, iframe { width: 100% }
iframe { height: 60vh }
.quiet { opacity: 0.7 }
.good { color: light-dark(#06613a, #6fd8a4) }
.bad { color: light-dark(#a11616, #ff9d9d) }`;

const head = (title: string) =>
	html`<!doctype html>
		<meta charset="utf-8" />
		<meta name="viewport" content="width=device-width, initial-scale=1" />
		<link rel="icon" href="data:," />
		<style>
			${new Markup(STYLE)}
		</style>
		<title>${title}</title>`;

function form(...parts: Part[]): Markup {
	return html`<form method="post" action="/dashboard/action">${parts}</form>`;
}

function input(label: string, name: string): Markup {
	return html`<label>${label} <input name="${name}" /></label>`;
}

function buttons(...names: Array<keyof typeof actions>): Markup[] {
	return names.map((name) => html`<button name="action" value="${name}">${actions[name][0]}</button>`);
}

function select(
	label: string,
	name: string,
	choices: Array<readonly [value: string | number, label: string]>,
	chosen?: string,
): Markup {
	const options = choices.map(([value, text]) => {
		const selected = value === chosen ? new Markup('selected') : '';
		return html`<option value="${value}" ${selected}>${text}</option>`;
	});
	const live = chosen === undefined ? new Markup(`id="${name}" data-live`) : '';
	return html`<label
		>${label}
		<select name="${name}" ${live}>
			${options}
		</select></label
	>`;
}

/** Newest first: the page just made is the one to play with. */
function pagesOf({ site }: Simulator) {
	const pages = site.pages.current.filter(({ path }) => path !== '').reverse();
	return pages.map(({ id, path, draftState }) => {
		const state = { active: ' (with a draft)', inactive: '', unpublished: ' (draft)' }[draftState];
		return [id, path + state] as const;
	});
}

/** Who may write; n8n has the token of the owner. */
function authorsOf({ site: { users } }: Simulator) {
	return users.all
		.filter(({ seated }) => seated)
		.map((user) => {
			const { username } = user;
			return [username, user === users.admin ? `${username}, the owner` : username] as const;
		});
}

/** Never with the header value. */
function webhookForm(webhook: WebhookState): Markup {
	const { id, url, active, disabledReason, consecutiveFailures, dropped, events } = webhook;
	const state = active ? 'active' : `disabled (reason ${disabledReason})`;
	return form(
		html`<input type="hidden" name="webhook" value="${id}" /> <b>#${id}</b> <code>${url}</code>
			<span class="${active ? 'good' : 'bad'}">${state}</span>`,
		...(active ? buttons('disable', 'disableByExpert') : buttons('enable')),
		html`<p class="quiet">${consecutiveFailures} failures in a row, ${dropped} dropped · ${events.join(', ')}</p>`,
	);
}

/** By their start, the newest first; the log is in the order of their ends. */
function deliveryRows({ deliveries }: Simulator): Markup[] {
	const newest = deliveries
		.toSorted((a, b) => b.deliveryTimestamp.localeCompare(a.deliveryTimestamp))
		.slice(0, MAX_ROWS);
	return newest.map(
		(attempt) =>
			html`<tr>
				<td>${attempt.deliveryTimestamp.slice(11, 23)}</td>
				<td>${attempt.eventType}</td>
				<td>webhook #${attempt.webhookId}</td>
				<td class="${attempt.failureReason === '' ? 'good' : 'bad'}">
					${attempt.statusCode ?? 'no response'} after ${attempt.responseTimeMs} ms
				</td>
				<td>${attempt.retryAttempt === 0 ? 'first' : `retry ${attempt.retryAttempt}`}</td>
				<td class="quiet">${attempt.failureReason}</td>
			</tr>`,
	);
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

/** Text that may stand in HTML as it is; everything else is escaped by `html`. */
class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

type Part = Markup | string | number | Part[];

function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
	return new Markup(strings.map((part, index) => part + shown(values[index] ?? '')).join(''));
}

function shown(part: Part): string {
	if (Array.isArray(part)) return part.map(shown).join('');
	if (part instanceof Markup) return part.text;
	return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
