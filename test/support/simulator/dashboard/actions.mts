import { normalPath, type Page } from '../pages.mts';
import type { Simulator } from '../types.mts';

type Fields = Record<string, string | undefined>;

/** Does what a button says, and returns what has become of it. */
type Action = (simulator: Simulator, fields: Fields) => string;

const by = 'editor';

/** What the buttons of the page do, by name. */
const actions: Record<string, Action> = {
	create: ({ site }, fields) => {
		const title = fields.title?.trim() || 'New article';
		const parent = fields.parent?.trim() ?? '';
		const wanted = normalPath(parent === '' ? title : `${parent}/${title}`);
		const { page } = site.createPage(site.freePath(wanted), {
			title,
			html: `<p>${title}.</p>`,
			by,
		});
		const isTaken = page.path !== wanted;
		return `Created: ${page.path}${isTaken ? ` (there is a page at ${wanted} already)` : ''}`;
	},
	edit: ({ site }, fields) => `Edited: ${site.editPage(chosen(site, fields), { by }).page.path}`,
	move: ({ site }, fields) => {
		const page = chosen(site, fields);
		const { path } = page;
		site.movePage(page, needed(fields.to, 'New path'), { by });
		return `Moved: ${path} → ${page.path}`;
	},
	tag: ({ site }, fields) => {
		const page = chosen(site, fields);
		const tag = needed(fields.tag, 'Tag');
		const isThere = page.tags.includes(tag);
		site.tagPage(page, { add: [tag], by });
		return isThere ? `No change: ${page.path} has this tag` : `Tagged ${tag}: ${page.path}`;
	},
	attach: ({ site }, fields) => {
		const page = chosen(site, fields);
		site.attachFile(page, 'manual.pdf', { by });
		return `Attached manual.pdf: ${page.path}`;
	},
	delete: ({ site }, fields) =>
		`Deleted: ${site.deletePage(chosen(site, fields), { by }).page.path}`,
	import: ({ site }, fields) => {
		const count = Math.min(Math.max(1, Number(fields.count) || 1), 1000);
		const pause = fields.pause === 'yes';
		site.bulkImport(count, { pause, by });
		const pages = count === 1 ? '1 page' : `${count} pages`;
		return `Imported: ${pages}${pause ? '. Their deliveries wait until you press Resume' : ''}`;
	},
	pause: (simulator) => {
		simulator.pauseDeliveries();
		return 'Deliveries paused';
	},
	resume: (simulator) => {
		simulator.resumeDeliveries();
		return 'Deliveries resumed';
	},
	enable: (simulator, fields) => {
		simulator.enableWebhook(Number(fields.webhook));
		return `Enabled: webhook #${fields.webhook}`;
	},
	disable: (simulator, fields) => {
		simulator.disableWebhook(Number(fields.webhook));
		return `Disabled: webhook #${fields.webhook}`;
	},
};

/** @throws what the person at the page can do about it */
export function runAction(simulator: Simulator, fields: Fields): string {
	const action = Object.hasOwn(actions, fields.action ?? '') && actions[fields.action ?? ''];
	if (!action) throw new Error(`There is no action ${fields.action}.`);
	return action(simulator, fields);
}

function chosen(site: Simulator['site'], fields: Fields): Page {
	const page = site.pages.byId.get(Number(fields.page));
	if (!page || page.deleted)
		throw new Error('There is no such page. Create one, or choose another.');
	return page;
}

function needed(text: string | undefined, label: string): string {
	if (text?.trim()) return text.trim();
	throw new Error(`Fill in "${label}" first.`);
}
