import type { IDataObject } from 'n8n-workflow';

import { booleanOf, compact, draftState, numberOf, revisionOf } from '../../api/elements';
import { asExpertError, counted, type ExpertError } from '../../api/expert-error';
import { namesOf } from '../../api/page-fields';
import { readCountedPages } from '../../api/pagination';
import { attribute, children, textOf, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation';
import { pageCall, pageOf } from '../find-page';
import type { PageReference } from '../page-reference';
import { CONCURRENT, type ListedPage } from '../page-text';

export interface TreePage extends IDataObject, ListedPage {
	path?: string;
	depth: number;
	markdown?: string;
}

interface Parent {
	reference: PageReference;
	depth: number;
	/** Path or ID for messages; the page at the top needs none. */
	path?: string;
	/** Why the pages below it are missing. */
	refused?: ExpertError;
}

interface Child {
	item: TreePage;
	isWanted: boolean;
	hasSubpages: boolean;
}

/** Reads level by level: GET …/tree is one document for all, and refuses large trees. */
export async function readTree(
	run: OperationContext,
	top: PageReference,
	max: number,
	onlyPublished: boolean,
): Promise<TreePage[]> {
	const found: TreePage[] = [];
	const parents: Parent[] = [{ reference: top, depth: 0 }];
	// Below a page that is left out there can be some that are wanted.
	const most = onlyPublished ? Infinity : max;
	const read = async (parent: Parent) => await childrenOf(run, parent, most, onlyPublished);
	const seen = new Set<string>();
	for (let next = 0; next < parents.length && found.length < max; ) {
		const some = parents.slice(next, next + CONCURRENT);
		next += some.length;
		const lists = await Promise.all(some.map(read));
		for (const { item, isWanted, hasSubpages } of lists.flat()) {
			const { id, path, depth } = item;
			if (id === undefined || seen.has(id)) continue;
			seen.add(id);
			if (isWanted) found.push(item);
			const reference = { key: id, label: `page ${id}` };
			if (hasSubpages) parents.push({ reference, depth, path: path ?? id });
		}
	}
	await noteRefused(run, parents);
	return found.slice(0, max);
}

/** Reads the pages below one. Makes items of them part by part, so that a long list does not block n8n. */
async function childrenOf(
	{ site }: OperationContext,
	parent: Parent,
	max: number,
	onlyPublished: boolean,
): Promise<Child[]> {
	const { reference, depth } = parent;
	const call = pageCall('GET', reference, '/subpages', 'list the pages below');
	let parentId: string | undefined;
	const fetch = async (_limit: number, offset: number, limit: number) => {
		const root = await site.read({ ...call, query: { limit, offset } }, 'subpages');
		parentId = pageOf(reference, root).id;
		return [children(root, 'page.subpage'), numberOf(attribute(root, 'totalcount'))] as const;
	};
	const toChild = (subpage: XmlElement): Child[] => [
		{
			item: treeItem(subpage, parentId, depth + 1),
			isWanted: !onlyPublished || draftState(subpage) !== 'unpublished',
			hasSubpages: booleanOf(attribute(subpage, 'subpages')) !== false,
		},
	];
	const reading = readCountedPages(max, fetch, toChild);
	return depth === 0 ? await reading : await reading.catch((thrown) => noneBelow(parent, thrown));
}

/** Passes over a page that was deleted since it was listed, or below which our user may see nothing. */
function noneBelow(parent: Parent, thrown: unknown): Child[] {
	const error = asExpertError(thrown);
	if (error.isHidden) parent.refused = error;
	if (error.isNotFound || error.isHidden) return [];
	throw error;
}

/** @throws ExpertError if the token has expired meanwhile: the site refuses that alike */
async function noteRefused(run: OperationContext, parents: Parent[]): Promise<void> {
	const refused = parents.filter((parent) => parent.refused !== undefined);
	if (refused.length === 0) return;
	await run.site.askAgainWhoWeAre();
	run.note(withoutSubpages(refused[0]!, refused.length));
}

const withoutSubpages = ({ path, refused }: Parent, count: number) =>
	`What is below ${counted(count, 'page', 'pages')} is missing, because the user of the token may not list it. The first: ${path} (${refused?.message}).`;

function treeItem(subpage: XmlElement, parentId: string | undefined, depth: number): TreePage {
	return compact({
		...namesOf(subpage),
		parentId,
		depth,
		revision: revisionOf(subpage),
		modifiedAt: textOf(subpage, 'date.modified'),
		articleType: textOf(subpage, 'article'),
		draftState: draftState(subpage),
		fileCount: numberOf(attribute(subpage, 'files')),
	}) as TreePage;
}
