import type { Simulator } from '../types.mts';
import { html, type Markup } from './html.mts';

/**
 * Forms that change the site; they work without JavaScript too. `data-press` names the button that
 * Enter presses in a field, where it is not the first one; `data-clear` marks what is used up.
 */
export function controls(simulator: Simulator): Markup {
	return html`<h2>Change the site</h2>
		<form method="post" action="/dashboard/action" class="controls">
			<label class="wide"
				>Below page (empty: at the top) <input name="parent" list="page-paths"
			/></label>
			<label>Title <input name="title" data-clear /></label>
			<button name="action" value="create" class="main">Create page</button>
		</form>
		<form method="post" action="/dashboard/action" class="controls">
			<label class="wide">
				Page
				<select name="page" id="page-choice" data-live>
					${choices(simulator)}
				</select>
			</label>
			<div class="wide buttons">
				<button name="action" value="edit">Edit</button>
				<button name="action" value="attach">Attach file</button>
				<button name="action" value="delete">Delete</button>
			</div>
			<label>New path <input name="to" data-clear data-press="move" /></label>
			<button name="action" value="move">Move</button>
			<label>Tag <input name="tag" data-clear data-press="tag" /></label>
			<button name="action" value="tag">Add tag</button>
		</form>
		<form method="post" action="/dashboard/action" class="controls">
			<label
				>Pages to import <input name="count" type="number" min="1" max="1000" value="5"
			/></label>
			<button name="action" value="import">Bulk import</button>
			<label class="wide check">
				<input type="checkbox" name="pause" value="yes" checked />
				Pause deliveries meanwhile, as Expert does
			</label>
		</form>
		<datalist id="page-paths" data-live>${paths(simulator)}</datalist>`;
}

/** Newest first: the page just made is the one to play with. */
function choices(simulator: Simulator): Markup[] {
	return pagesOf(simulator).map(({ id, path }) => html`<option value="${id}">${path}</option>`);
}

function paths(simulator: Simulator): Markup[] {
	return pagesOf(simulator).map(({ path }) => html`<option value="${path}"></option>`);
}

function pagesOf({ site }: Simulator) {
	return site.pages.current.filter(({ path }) => path !== '').reverse();
}
