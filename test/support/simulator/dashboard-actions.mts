import { ASSUMED } from './settings.mts';
import type { Simulator } from './simulator.mts';
import type { By } from './site/base.mts';
import { normalPath, type Page } from './site/pages.mts';

/** What a form of the page sends. */
export type Fields = Record<string, string | undefined>;

/** Who writes unless somebody else is chosen. */
export const AUTHOR = 'editor';

type Action = (simulator: Simulator, fields: Fields) => string;

/** What an author does to the chosen page. */
const ofPage: Record<string, (site: Simulator['site'], page: Page, who: By) => string> = {
	edit: (site, page, who) => `Edited: ${site.editPage(page, who).page.path}`,
	draft(site, page, who) {
		site.activateDraft(page, who);
		const html = `${page.draft?.html ?? ''}<p>Not published yet.</p>`;
		return `Saved as a draft: ${site.editDraft(page, { ...who, html }).page.path}`;
	},
	publish(site, page, who) {
		if (page.draft) return `Published: ${site.publishDraft(page, who).page.path}`;
		throw new Error('This page has no draft. Save one first.');
	},
	unpublish(site, page, who) {
		if (page.draftState === 'unpublished') throw new Error('This page is not published.');
		return `Unpublished: ${site.unpublishPage(page, who).page.path}`;
	},
	attach: (site, page, who) =>
		`Attached manual.pdf: ${site.attachFile(page, 'manual.pdf', who).page.path}`,
	delete: (site, page, who) => `Deleted: ${site.deletePage(page, who).page.path}`,
};

/** What each button does; returns what has become of it. */
export const actions: Record<string, Action> = {
	create({ site }, fields) {
		const { title, path, html } = newPage(fields);
		return `Created: ${site.createPage(path, { title, html, ...who(fields) }).page.path}`;
	},
	createDraft({ site }, fields) {
		const { title, path, html } = newPage(fields);
		const { page } = site.createDraft(path, { title, html, ...who(fields) });
		return `Saved as a draft: ${page.path}`;
	},
	...Object.fromEntries(
		Object.entries(ofPage).map(([name, act]): [string, Action] => [
			name,
			({ site }, fields) => act(site, chosen(site, fields), who(fields)),
		]),
	),
	move: ({ site }, fields) =>
		`Moved: ${site.movePage(chosen(site, fields), needed(fields.text), who(fields)).page.path}`,
	tag({ site }, fields) {
		const tag = needed(fields.text);
		const { page } = site.tagPage(chosen(site, fields), { add: [tag], ...who(fields) });
		return `Tagged ${tag}: ${page.path}`;
	},
	import({ site }, fields) {
		site.bulkImport(5, { pause: true, ...who(fields) });
		return 'Imported 5 pages. Their deliveries wait until you press Resume';
	},
	pause(simulator) {
		simulator.pauseDeliveries();
		return 'Deliveries paused';
	},
	resume(simulator) {
		simulator.resumeDeliveries();
		return 'Deliveries resumed';
	},
	enable(simulator, { webhook }) {
		simulator.enableWebhook(Number(webhook));
		return `Enabled: webhook #${webhook}`;
	},
	disable(simulator, { webhook }) {
		simulator.disableWebhook(Number(webhook));
		return `Disabled: webhook #${webhook}`;
	},
	disableByExpert(simulator, { webhook }) {
		simulator.disableWebhook(Number(webhook), ASSUMED.disabledReason.failures);
		return `Disabled as Expert does after failures: webhook #${webhook}`;
	},
	misbehave({ misbehaviour }, { how = '' }) {
		return `The site misbehaves: ${misbehaviour.choose(how)}`;
	},
};

function newPage({ title: given }: Fields) {
	const title = given?.trim() || 'New article';
	return { title, path: normalPath(title), html: `<p>${title}.</p>` };
}

function who({ by }: Fields): By {
	return { by: by || AUTHOR };
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
