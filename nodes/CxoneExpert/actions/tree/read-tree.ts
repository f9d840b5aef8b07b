import type { IDataObject } from 'n8n-workflow';

import { booleanOf, compact, draftState, numberOf, revisionOf } from '../../api/elements';
import { asExpertError } from '../../api/expert-error';
import { namesOf } from '../../api/page-fields';
import { readPages } from '../../api/pagination';
import { attribute, children, textOf, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation';
import { pageCall, pageOf } from '../find-page';
import type { PageReference } from '../page-reference';

export interface TreePage extends IDataObject {
	id?: string;
	url?: string;
	markdown?: string;
}

/** Calls at once: enough for a large tree, little for the site. */
export const CONCURRENT = 5;

interface Parent {
	reference: PageReference;
	depth: number;
}

interface Child {
	item: TreePage;
	isWanted: boolean;
	hasSubpages: boolean;
}

/** Level by level: GET …/tree is one document for all, and refuses large trees. */
export async function readTree(
	run: OperationContext,
	top: PageReference,
	max: number,
	onlyPublished: boolean,
): Promise<TreePage[]> {
	const found = new Map<string, TreePage>();
	const parents: Parent[] = [{ reference: top, depth: 0 }];
	// Below a page that is left out there can be some that are wanted.
	const most = onlyPublished ? Infinity : max;
	const read = async (parent: Parent) => await childrenOf(run, parent, most, onlyPublished);
	const seen = new Set<string>();
	for (let next = 0; next < parents.length && found.size < max; ) {
		const some = parents.slice(next, next + CONCURRENT);
		next += some.length;
		const lists = await Promise.all(some.map(read));
		for (const [index, list] of lists.entries()) {
			const depth = some[index]!.depth + 1;
			for (const { item, isWanted, hasSubpages } of list) {
				const { id } = item;
				if (id === undefined || seen.has(id)) continue;
				seen.add(id);
				if (isWanted) found.set(id, item);
				if (hasSubpages) parents.push({ reference: { key: id, label: `page ${id}` }, depth });
			}
		}
	}
	return [...found.values()].slice(0, max);
}

/** Of one page: made into items part by part, so that a long list does not block n8n. */
async function childrenOf(
	{ site }: OperationContext,
	{ reference, depth }: Parent,
	max: number,
	onlyPublished: boolean,
): Promise<Child[]> {
	const call = pageCall('GET', reference, '/subpages', 'list the pages below');
	let total = Infinity;
	let parentId: string | undefined;
	const ids = new Set<unknown>();
	const fetch = async (_limit: number, offset: number, limit: number) => {
		// Most pages have few: no second call only to find that there are no more.
		if (ids.size >= total) return [];
		const root = await site.read({ ...call, query: { limit, offset } }, 'subpages');
		total = numberOf(attribute(root, 'totalcount')) ?? Infinity;
		parentId = pageOf(reference, root).id;
		const subpages = children(root, 'page.subpage');
		for (const subpage of subpages) ids.add(attribute(subpage, 'id'));
		return subpages;
	};
	const toChild = (subpage: XmlElement): Child[] => [
		{
			item: treeItem(subpage, parentId, depth + 1),
			isWanted: !onlyPublished || draftState(subpage) !== 'unpublished',
			hasSubpages: booleanOf(attribute(subpage, 'subpages')) !== false,
		},
	];
	const reading = readPages(max, fetch, toChild);
	return depth === 0 ? await reading : await reading.catch(noneIfGone);
}

/** Deleted, or hidden, since it was listed. */
function noneIfGone(thrown: unknown): Child[] {
	const error = asExpertError(thrown);
	if (error.isNotFound || error.isHidden) return [];
	throw error;
}

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
