import type { Backend } from './backend.mts';
import { bodyOf, ok, type Call, type Reply, type Route } from './call.mts';
import { saveContents } from './api-page-contents.mts';
import { readContents, readInfo, readPage, readRevisions, readSubpages } from './api-page-read.mts';
import { copy, move, remove } from './api-page-tree.mts';
import { ApiError } from './errors.mts';
import { existingPage } from './page-key.mts';
import { childrenOf } from './xml.mts';

/**
 * The page calls of docs/vendor-facts.md#reading-pages, docs/vendor-facts.md#writing-pages and
 * docs/vendor-facts.md#tags.
 */
export function pageRoutes(backend: Backend): Route[] {
	const one = '/pages/:pageid';
	return [
		['get', one, (call) => readPage(call, backend)],
		['get', `${one}/info`, (call) => readInfo(call, backend)],
		['get', `${one}/contents`, (call) => readContents(call, backend)],
		['post', `${one}/contents`, (call) => saveContents(call, backend)],
		['get', `${one}/revisions`, (call) => readRevisions(call, backend)],
		['get', `${one}/subpages`, (call) => readSubpages(call, backend)],
		['get', `${one}/tags`, (call) => readTags(call, backend)],
		['put', `${one}/tags`, (call) => setTags(call, backend)],
		['post', `${one}/move`, (call) => move(call, backend)],
		['post', `${one}/copy`, (call) => copy(call, backend)],
		['delete', one, (call) => remove(call, backend)],
	];
}

function readTags(call: Call, backend: Backend): Reply {
	return ok({ tags: backend.xml.tags(existingPage(call, backend, { operation: 'READ' })) });
}

/** Replaces all tags. A draft page refuses it with 403: see docs/vendor-facts.md#tags. */
function setTags(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'UPDATE' });
	if (page.draftState === 'unpublished') throw new ApiError(403, 'Use the draft tags of a draft');
	const wanted = tagsOf(call);
	const remove = page.tags.filter((tag) => !wanted.includes(tag));
	backend.site.tagPage(page, { add: wanted, remove, by: call.user.id });
	return ok({ tags: backend.xml.tags(page) });
}

/** The tags in the body, each once. */
export function tagsOf(call: Call): string[] {
	const tags = childrenOf(bodyOf(call, 'tags'))
		.filter(({ nodeName }) => nodeName === 'tag')
		.map((tag) => tag.getAttribute('value') ?? '')
		.filter(Boolean);
	return [...new Set(tags)];
}
