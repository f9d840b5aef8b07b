import type { Page } from '../pages.mts';
import type { Simulator } from '../types.mts';
import { html, type Markup } from './html.mts';

const shown = 25;

/** The pages that changed last. */
export function pagesTable({ site }: Simulator): Markup {
	const pages = site.pages.current.toSorted((a, b) => b.edited.getTime() - a.edited.getTime());
	return html`<table>
			<thead>
				<tr>
					<th>ID</th>
					<th>Page</th>
					<th>Revision</th>
				</tr>
			</thead>
			<tbody>
				${pages.slice(0, shown).map(row)}
			</tbody>
		</table>
		${pages.length > shown ? html`<p class="quiet">and ${pages.length - shown} more</p>` : ''}`;
}

function row(page: Page): Markup {
	const href = `/${page.path.split('/').map(encodeURIComponent).join('/')}`;
	const link =
		page.path === ''
			? html`<b>Home</b>`
			: html`<a href="${href}" id="page-${page.id}">${page.title}</a>`;
	return html`<tr>
		<td class="number quiet">${page.id}</td>
		<td>
			${link}<br /><span class="quiet path">${page.path || '(empty path)'}</span>
			<div class="events">
				${stateOf(page)}${page.tags.map((tag) => html`<span class="chip">${tag}</span>`)}
			</div>
		</td>
		<td class="number">${page.revision || 'no text yet'}</td>
	</tr>`;
}

/** Only what is out of the ordinary. */
function stateOf({ draftState, restriction }: Page): Markup[] {
	const draft = { inactive: '', active: 'has a draft', unpublished: 'draft' }[draftState];
	const states = [draft, restriction === 'Private' ? 'private' : ''].filter(Boolean);
	return states.map((state) => html`<span class="chip">${state}</span>`);
}
