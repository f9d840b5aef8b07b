import { compact } from '../../api/elements';
import { asExpertError, type UserMessage } from '../../api/expert-error';
import { namesOf } from '../../api/page-fields';
import { encode } from '../../api/path-segment';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { onlyEntered, optionsField, type ValuesOf } from '../../parameters/field';
import { cutTexts } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { limitUpTo, results, simplify } from '../core/results';
import { pageIdOf, pathOf } from '../find-page';
import { seenText } from '../markdown/left-out';
import { decimalOf } from '../page/items';
import type { PageReference } from '../page-reference';
import { belowPages, passageOptions, question } from './fields';

/** A call gives no more, and has no next page. */
const MAX_PASSAGES = 100;

/** GET /llm/kernels, best first: docs/vendor-facts.md#passages. */
export const getManyPassages = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many passages that answer question',
	description: 'Answer a question: get the passages of the knowledge base that fit it best',
	fields: {
		question,
		below: belowPages,
		limit: limitUpTo(MAX_PASSAGES, 10),
		simplify,
		options: optionsField(passageOptions),
	},
	async run(run, { question: q, below, limit, simplify, options }) {
		const { onePerPage } = options;
		const query = {
			q,
			limit: onePerPage ? MAX_PASSAGES : limit,
			...onlyEntered({ pathancestors: await ancestorsOf(run, below) }),
			...filtersOf(options),
		};
		const found = await readPassages(run, query);
		const passages = (onePerPage ? bestOfEachPage(found) : found).slice(0, limit);
		if (passages.length === 0) await noteNothing(run, below);
		const items = results(passages, simplify, passageItem);
		return cutTexts(run, options.limitOfCharacters, ['text', 'chunk'], items);
	},
});

/** @throws for a path without a page, below which there is nothing, too */
async function noteNothing(run: OperationContext, below: PageReference[]): Promise<void> {
	for (const each of below) await pageIdOf(run, each);
	if (run.isTool) run.note(NOTHING_FITS);
}

/** Encodes each path; the query encodes the list: docs/vendor-facts.md#passages. Empty for the whole site. */
async function ancestorsOf(run: OperationContext, below: PageReference[]): Promise<string> {
	const paths: string[] = [];
	for (const each of below) paths.push(await pathOf(run, each));
	return paths.includes('') ? '' : paths.map(encode).join(',');
}

function filtersOf(options: ValuesOf<typeof passageOptions>) {
	const extensions = options.fileExtensions.map((each) => each.replace(/^\./, ''));
	const isInFiles = options.includeAttachments || extensions.length > 0;
	return {
		...onlyEntered({
			threshold: options.minScore,
			tags: options.tags.join(','),
			fileextensions: extensions.join(','),
		}),
		...(isInFiles ? { includeattachments: true } : {}),
		...(options.countAsSearch ? {} : { notrack: true }),
	};
}

async function readPassages({ site }: OperationContext, query: Record<string, string | number | boolean>) {
	const call = { method: 'GET', path: '/llm/kernels', query, doing: 'find passages' } as const;
	const root = await site.read(call, 'kernels').catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		const isMissing = error.isRefusal && error.status !== 401;
		throw isMissing ? error.with({ says: NO_PASSAGES }) : error;
	});
	return children(root, 'kernel');
}

/** A passage without a page counts for itself. */
function bestOfEachPage(passages: XmlElement[]): XmlElement[] {
	const seen = new Set<string>();
	return passages.filter((passage) => {
		const id = attribute(child(passage, 'page'), 'id');
		return id === undefined || (!seen.has(id) && seen.add(id));
	});
}

/** A passage of a file can come without a page. */
function passageItem(kernel: XmlElement) {
	const page = child(kernel, 'page');
	return compact({
		score: decimalOf(textOf(kernel, 'score')),
		text: seenText(textOf(kernel, 'chunk'))?.replace(/\s+/g, ' '),
		page: page && compact({ ...namesOf(page), language: textOf(page, 'language') }),
	});
}

const NO_PASSAGES: UserMessage = {
	message: 'This site does not offer passages',
	description:
		'Use Page > Get Many instead. Passages are part of a product that not every site has, and the user of the token must be allowed to use it. Ask your NiCE contact about it.',
	toModel: 'If you have a tool that searches pages, use it.',
};

/** A model that gets nothing at all may make up an answer. */
const NOTHING_FITS =
	'No passage fits this question. Ask it in other words, or say that the knowledge base does not answer it.';
