import type { Simulator } from '../types.mts';
import { html, type Markup } from './html.mts';

/** Forms that change the site; they work without JavaScript too. */
export function controls(simulator: Simulator): Markup {
	return html`<h2>Change the site</h2>
		<form method="post" action="/dashboard/action" class="controls">
			<input
				name="parent"
				class="wide"
				placeholder="Below path"
				aria-label="Below path"
				value="Category_1/Guide_1"
			/>
			<input name="title" placeholder="Title" aria-label="Title" />
			<button name="action" value="create" class="main">Create page</button>
		</form>
		<form method="post" action="/dashboard/action" class="controls">
			<select name="page" id="page-choice" class="wide" data-live aria-label="Page">
				${choices(simulator)}
			</select>
			<div class="wide buttons">
				<button name="action" value="edit">Edit</button>
				<button name="action" value="attach">Attach file</button>
				<button name="action" value="delete">Delete</button>
			</div>
			<input name="to" placeholder="New path" aria-label="New path" />
			<button name="action" value="move">Move</button>
			<input name="tag" placeholder="Tag" aria-label="Tag" />
			<button name="action" value="tag">Add tag</button>
		</form>
		<form method="post" action="/dashboard/action" class="controls">
			<div class="buttons">
				<input
					name="count"
					type="number"
					min="1"
					max="1000"
					value="20"
					aria-label="Pages to import"
				/>
				<label class="check"
					><input type="checkbox" name="pause" value="yes" checked />pause meanwhile</label
				>
			</div>
			<button name="action" value="import">Bulk import</button>
		</form>`;
}

/** Newest first: the page just made is the one to play with. */
function choices({ site }: Simulator): Markup[] {
	const pages = site.pages.current.filter(({ path }) => path !== '').reverse();
	return pages.map(({ id, path }) => html`<option value="${id}">${path}</option>`);
}
