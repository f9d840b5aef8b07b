import { normalPath, type Page } from '../site/pages.mts';
import type { Simulator } from '../simulator.mts';

type Fields = Record<string, string | undefined>;

/** Does what a button says, and returns what has become of it. */
type Action = (simulator: Simulator, fields: Fields) => string;

const by = 'editor';

const actions: Record<string, Action> = {
	create: ({ site }, { title: given }) => {
		const title = given?.trim() || 'New article';
		const path = site.freePath(normalPath(title));
		return `Created: ${site.createPage(path, { title, html: `<p>${title}.</p>`, by }).page.path}`;
	},
	edit: ({ site }, fields) => `Edited: ${site.editPage(chosen(site, fields), { by }).page.path}`,
	attach: ({ site }, fields) =>
		`Attached manual.pdf: ${site.attachFile(chosen(site, fields), 'manual.pdf', { by }).page.path}`,
	delete: ({ site }, fields) =>
		`Deleted: ${site.deletePage(chosen(site, fields), { by }).page.path}`,
	move: ({ site }, fields) => {
		const page = chosen(site, fields);
		return `Moved: ${page.path} → ${site.movePage(page, needed(fields.text), { by }).page.path}`;
	},
	tag: ({ site }, fields) => {
		const tag = needed(fields.text);
		return `Tagged ${tag}: ${site.tagPage(chosen(site, fields), { add: [tag], by }).page.path}`;
	},
	import: ({ site }) => {
		site.bulkImport(5, { pause: true, by });
		return 'Imported 5 pages. Their deliveries wait until you press Resume';
	},
	pause: (simulator) => {
		simulator.pauseDeliveries();
		return 'Deliveries paused';
	},
	resume: (simulator) => {
		simulator.resumeDeliveries();
		return 'Deliveries resumed';
	},
	enable: (simulator, { webhook }) => {
		simulator.enableWebhook(Number(webhook));
		return `Enabled: webhook #${webhook}`;
	},
	disable: (simulator, { webhook }) => {
		simulator.disableWebhook(Number(webhook));
		return `Disabled: webhook #${webhook}`;
	},
};

/** @throws what the person at the page can do about it */
export function runAction(simulator: Simulator, fields: Fields): string {
	const name = fields.action ?? '';
	const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
	if (!action) throw new Error(`There is no action ${name}.`);
	return action(simulator, fields);
}

function chosen(site: Simulator['site'], fields: Fields): Page {
	const page = site.pages.byId.get(Number(fields.page));
	if (!page || page.deleted) throw new Error('There is no such page. Choose another.');
	return page;
}

function needed(text: string | undefined): string {
	if (text?.trim()) return text.trim();
	throw new Error('Fill in "New path or tag" first.');
}
