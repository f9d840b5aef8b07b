import { revisionOf } from '../../api/elements';
import { refuseWithout } from '../../api/expert-error';
import { attribute, textOf } from '../../api/xml';
import { textIn } from '../contents';
import { choiceField, refuse } from '../../parameters/field';
import { cutTexts, limitOptions } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { draftCall, readDraft } from '../draft/draft';
import { infoCall, pageCall, readInfo } from '../find-page';
import { page } from '../page-field';
import type { PageReference } from '../page-reference';
import { noRevision, revisionField } from './field';

const of = choiceField({
	displayName: 'Compare',
	name: 'of',
	options: [
		{ name: 'Page', value: 'page', description: 'Versions that readers have seen' },
		{ name: 'Draft', value: 'draft', description: 'Versions of the draft of the page' },
	],
	description: 'What to compare versions of',
});

const revision = revisionField({
	displayName: 'Revision',
	name: 'revision',
	description: 'Number of the newer version, or 0 for the newest one',
});

const previous = revisionField({
	displayName: 'Compare With',
	name: 'previous',
	description: 'Number of the older version, or 0 for the one before',
});

/** GET /pages/{id}/diff or /drafts/{id}/diff. Without a number, sites may choose another one. */
export const compareRevisions = defineOperation({
	value: 'compareRevisions',
	name: 'Compare Revisions',
	action: 'Compare revisions of page to see changes',
	description: 'Get what an edit of a page or a draft has added and removed',
	fields: { page, of, revision, previous, options: limitOptions },
	async run(run, { page, of, options, ...entered }) {
		const revision = entered.revision || String(await newest(run, page, of));
		const previous = entered.previous || before(revision, page.label);
		const messages = { 404: noRevision(page.label, `${previous} or ${revision}`) };
		const makeCall = of === 'page' ? pageCall : draftCall;
		const call = makeCall('GET', page, '/diff', 'compare revisions of', messages);
		const query = { previous, revision, diff: 'combined' };
		const content = await run.site.read({ ...call, query }, 'content');
		const html = textOf(content) ?? textIn(content);
		// A response without a type may lack the text.
		if (html === '' && attribute(content, 'type') === undefined) refuseWithout('content/body', call.doing);
		const numbers = { revision: Number(revision), previous: Number(previous) };
		const changes = await changesWithin(run, options.limitOfCharacters, html);
		// No word differs: pictures, links or white space may.
		const isUnknown = html === '' && revision !== previous;
		return outputs([{ ...changes, ...numbers, ...(isUnknown ? { isSame: undefined } : {}) }]);
	},
});

/** Cuts the HTML before the changes, because it is the whole page. */
async function changesWithin(run: OperationContext, limit: number | undefined, html: string) {
	// Few need its library.
	const { changesIn } = await import('./changes.js');
	const { added, removed, isSame } = changesIn(html);
	// Each text is one line.
	const texts = { added: added.join('\n'), removed: removed.join('\n'), html };
	cutTexts(run, limit, ['added', 'removed', 'html'], outputs([texts]));
	const list = (lines: string) => lines.split('\n').filter(Boolean);
	return { html: texts.html, added: list(texts.added), removed: list(texts.removed), isSame };
}

async function newest(run: OperationContext, page: PageReference, of: 'page' | 'draft'): Promise<number> {
	const read = of === 'page' ? readInfo : readDraft;
	const found = await read(run, page);
	return revisionOf(found) ?? refuseWithout(`${of}/@revision`, infoCall(page).doing);
}

function before(revision: string, label: string): string {
	const previous = Number(revision) - 1;
	if (previous >= 1) return String(previous);
	return refuse({
		message: `There is nothing to compare: ${label} has no version before revision ${revision}`,
		description: 'Its whole text is new. Read it with "Get Contents".',
		toModel: 'Its whole text is new: read the page.',
	});
}
