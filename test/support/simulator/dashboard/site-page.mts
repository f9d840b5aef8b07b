import type { Page } from '../pages.mts';
import { html, type Markup } from './html.mts';

/** A page of the site as a visitor sees it; its own HTML runs in a sandbox. */
export function sitePage(page: Page): Markup {
	return html`<!doctype html>
		<html lang="en">
			<meta charset="utf-8" />
			<meta name="viewport" content="width=device-width, initial-scale=1" />
			<link rel="icon" href="data:," />
			<title>${page.title}</title>
			<link rel="stylesheet" href="/dashboard/style.css" />
			<main class="article">
				<a href="/">← Dashboard</a>
				<h1>${page.title}</h1>
				<p class="quiet">${page.path || 'Home page'} · revision ${page.revision}</p>
				<p>${page.tags.map((tag) => html`<span class="chip">${tag}</span> `)}</p>
				<iframe sandbox srcdoc="${page.html}"></iframe>
			</main>
		</html>`;
}
