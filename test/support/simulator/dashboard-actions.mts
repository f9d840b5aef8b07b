import { ASSUMED, settingsFrom } from './settings.mts';
import type { Simulator } from './simulator.mts';
import type { By, Change } from './site/base.mts';
import { normalPath, type Page } from './site/pages.mts';

/** What a form of the page sends. */
export type Fields = Record<string, string | undefined>;

/** A button: what stands on it, and what it does; returns what has become of it. */
type Action = [label: string, run: (simulator: Simulator, fields: Fields) => string];
type Site = Simulator['site'];

/** Who writes unless somebody else is chosen. */
export const AUTHOR = 'editor';

export const actions = {
	create: ofNewPage('Create page', 'Created', 'createPage'),
	createDraft: ofNewPage('Save as draft', 'Saved as a draft', 'createDraft'),
	edit: ofPage('Edit', 'Edited', (site, page, who) => site.editPage(page, who)),
	draft: ofPage('Save as draft', 'Saved as a draft', (site, page, who) => {
		site.activateDraft(page, who);
		const html = `${page.draft?.html ?? ''}<p>Not published yet.</p>`;
		return site.editDraft(page, { ...who, html });
	}),
	publish: ofPage('Publish', 'Published', (site, page, who) => site.publishDraft(page, who)),
	unpublish: ofPage('Unpublish', 'Unpublished', (site, page, who) => {
		if (page.draftState === 'unpublished') throw new Error('This page is not published.');
		return site.unpublishPage(page, who);
	}),
	attach: ofPage('Attach file', 'Attached manual.pdf', (site, page, who) => site.attachFile(page, 'manual.pdf', who)),
	delete: ofPage('Delete', 'Deleted', (site, page, who) => site.deletePage(page, who)),
	move: ofPage('Move', 'Moved', (site, page, { text, ...who }) => site.movePage(page, text(), who)),
	tag: ofPage('Add tag', 'Tagged', (site, page, { text, ...who }) => site.tagPage(page, { add: [text()], ...who })),
	enable: ofWebhook('Enable again', 'Enabled', (simulator, id) => simulator.enableWebhook(id)),
	disable: ofWebhook('Disable', 'Disabled', (simulator, id) => simulator.disableWebhook(id)),
	disableByExpert: ofWebhook('Disable as Expert does', 'Disabled as Expert does after failures', (simulator, id) =>
		simulator.disableWebhook(id, ASSUMED.disabledReason.failures),
	),
	misbehave: action('Apply', ({ faults, settings }, { how = '' }) => {
		if (how.includes('=')) Object.assign(settings, settingsFrom([how]));
		else faults.clear();
		if (/^\d{3}$/.test(how)) faults.add({ effect: { status: Number(how) } });
		return `The site misbehaves: ${how || 'no more'}`;
	}),
};

function action(...given: Action): Action {
	return given;
}

function ofWebhook(label: string, done: string, run: (simulator: Simulator, id: number) => void): Action {
	return action(label, (simulator, { webhook }) => {
		run(simulator, Number(webhook));
		return `${done}: webhook #${webhook}`;
	});
}

function ofNewPage(label: string, done: string, create: 'createPage' | 'createDraft'): Action {
	return action(label, ({ site }, { title: given, by = AUTHOR }) => {
		const title = given?.trim() || 'New article';
		const options = { title, html: `<p>${title}.</p>`, by };
		return `${done}: ${site[create](normalPath(title), options).page.path}`;
	});
}

function ofPage(
	label: string,
	done: string,
	change: (site: Site, page: Page, who: By & { text: () => string }) => Change,
): Action {
	return action(label, ({ site }, { page: id, by = AUTHOR, text: typed = '' }) => {
		const page = site.pages.byId.get(Number(id));
		if (!page || page.deleted) throw new Error('There is no such page. Choose another.');
		const text = () => {
			if (typed.trim() !== '') return typed.trim();
			throw new Error('Fill in "New path or tag" first.');
		};
		return `${done}: ${change(site, page, { by, text }).page.path}`;
	});
}
