import type { Simulator } from '../types.mts';

type Fields = Record<string, string | undefined>;
type Action = (simulator: Simulator, fields: Fields) => void;

const page = (fields: Fields) => Number(fields.page);

/** What the buttons of the page do, by name. */
const actions: Record<string, Action> = {
	create: ({ site }, fields) => {
		const title = fields.title?.trim() || 'New article';
		const parent = fields.parent?.trim() ?? '';
		const path = site.freePath(parent === '' ? title : `${parent}/${title}`);
		site.createPage(path, { title, html: `<p>${title}.</p>`, by: 'editor' });
	},
	edit: ({ site }, fields) => site.editPage(page(fields), { by: 'editor' }),
	move: ({ site }, fields) => site.movePage(page(fields), needed(fields.to), { by: 'editor' }),
	tag: ({ site }, fields) =>
		site.tagPage(page(fields), { add: [needed(fields.tag)], by: 'editor' }),
	attach: ({ site }, fields) => site.attachFile(page(fields), 'manual.pdf', { by: 'editor' }),
	delete: ({ site }, fields) => site.deletePage(page(fields), { by: 'editor' }),
	import: ({ site }, fields) => {
		const count = Math.min(Math.max(1, Number(fields.count) || 1), 1000);
		site.bulkImport(count, { pause: fields.pause === 'yes', by: 'editor' });
	},
	pause: (simulator) => simulator.pauseDeliveries(),
	resume: (simulator) => simulator.resumeDeliveries(),
	enable: (simulator, fields) => simulator.enableWebhook(Number(fields.webhook)),
	disable: (simulator, fields) => simulator.disableWebhook(Number(fields.webhook)),
};

export function runAction(simulator: Simulator, fields: Fields): void {
	const action = Object.hasOwn(actions, fields.action ?? '') && actions[fields.action ?? ''];
	if (!action) throw new Error(`unknown action ${fields.action}`);
	action(simulator, fields);
}

function needed(text: string | undefined): string {
	if (text?.trim()) return text.trim();
	throw new Error('Please fill in the field next to the button.');
}
