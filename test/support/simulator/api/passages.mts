import { randomUUID } from 'node:crypto';
import { allNeed, ok, type Backend, type Call, type Reply, type Route, wholeNumber } from '../http/call.mts';
import { ApiError, invalidInput, missingParameter } from '../http/errors.mts';
import { type Page, plainText } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { maySee } from './page-key.mts';
import { isBelow } from './site.mts';

/** See docs/vendor-facts.md#passages. */
export const passageRoutes: Route[] = allNeed('READ', [['get', '/llm/kernels', findPassages]]);

interface Passage {
	score: number;
	text: string;
	/** Absent of a file. */
	page?: Page;
}

const MAX_LIMIT = 100;

/**
 * A paragraph is a passage; each word of the question in it counts. Nothing like the vendor's vectors. Drafts never.
 */
function findPassages(call: Call, { site, settings, xml }: Backend): Reply {
	const { passagesStatus: status } = settings;
	if (status === 403) throw new ApiError(403, 'Operation not allowed');
	if (status === 404) throw new ApiError(404, 'resource not found');
	const question = call.query.get('q');
	if (!question) throw missingParameter('q');
	const limit = wholeNumber(call.query.get('limit'), 'limit', 5);
	if (limit < 1 || limit > MAX_LIMIT) throw invalidInput(`'limit' is at most ${MAX_LIMIT}`);
	if (!call.flag('notrack')) site.trackedSearches++;
	const pages = site.pages.current.filter(
		(page) => page.draftState !== 'unpublished' && maySee(call.user, page) && isMeant(call, page),
	);
	const all = [...pages.flatMap(passagesOf), ...passagesInFiles(call, pages, site)];
	const words = wordsOf(question);
	const least = Number(call.query.get('threshold') ?? 0.7);
	if (!(least >= 0 && least <= 1)) throw invalidInput("'threshold' must be a number up to 1");
	const found = all
		.map((passage) => ({ ...passage, score: scoreOf(passage.text, words) }))
		.filter(({ score }) => score >= least && score > 0)
		.sort((a, b) => b.score - a.score)
		.slice(0, limit);
	return ok({ kernels: { kernel: found.map((each) => kernelXml(each, xml)) } });
}

/** Commas between tags are for any of them, `AND` for all. */
function isMeant(call: Call, page: Page): boolean {
	const wanted = call.query.get('tags') ?? '';
	const has = (tag: string) => page.tags.includes(tag.trim());
	const isTagged = wanted.includes(' AND ')
		? wanted.split(' AND ').every(has)
		: wanted === '' || wanted.split(',').some(has);
	return isTagged && isBelow(call, page);
}

function passagesOf(page: Page): Passage[] {
	const parts = page.html.match(/<p\b.*?<\/p>/gs) ?? [page.html];
	return parts.map((part) => ({ score: 0, text: part.replace(/<[^>]*>/g, ' '), page }));
}

function passagesInFiles(call: Call, pages: Page[], site: Backend['site']): Passage[] {
	const extensions = call.list('fileextensions');
	if (!call.flag('includeattachments')) {
		if (extensions.length > 0) throw invalidInput("'fileextensions' needs 'includeattachments'");
		return [];
	}
	const isWanted = (name: string) => extensions.length === 0 || extensions.includes(name.split('.').at(-1) ?? '');
	const files = pages.flatMap((page) => site.filesOf(page)).filter(({ name }) => isWanted(name));
	return files.map(({ content }) => ({ score: 0, text: content.toString() }));
}

const wordsOf = (text: string) =>
	plainText(text)
		.toLowerCase()
		.match(/[\p{L}\p{N}]+/gu) ?? [];

/** From 0.7 on where one word is met. */
function scoreOf(text: string, words: string[]): number {
	const present = new Set(wordsOf(text));
	const met = words.filter((word) => present.has(word)).length;
	return met === 0 ? 0 : 0.7 + 0.3 * (met / words.length);
}

function kernelXml({ score, text, page }: Passage, xml: Backend['xml']): XmlData {
	return { '@id': randomUUID(), score, chunk: text, ...(page ? { page: xml.short(page) } : {}) };
}
