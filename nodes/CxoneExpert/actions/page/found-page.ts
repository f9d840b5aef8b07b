import { pagePath } from '../../api/elements';
import { isSamePath, type PageReference } from '../input/page-reference';
import type { StatusMessages } from '../../shared/failure-messages';
import type { SiteCall } from '../core/site';
import { attribute, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation-context';
import { existing } from './existing';

/**
 * GET /pages/{id}/info of the page that the field "Page" names; says so when there is none.
 *
 * It is looked up to be changed. A page that was moved leaves a redirect at its old path, and the site
 * follows it unless it is told not to: what the redirect leads to is another page than was entered.
 */
export async function foundPage(run: OperationContext): Promise<XmlElement> {
	const reference = run.page();
	const found = existing(run, await run.site.read(ownInfoCall(reference), 'page'), reference.label);
	return await ownPage(run, reference, found);
}

/**
 * The page that the field "Page" names, to be changed. One that is named by its path is looked up
 * first: see {@link foundPage}.
 */
export async function pageToChange(run: OperationContext): Promise<PageReference> {
	const reference = run.page();
	return reference.path === undefined ? reference : withId(reference, await foundPage(run));
}

/** The same for what is made when it is not there: a path without a page may be used as it is. */
export async function pageToWrite(
	run: OperationContext,
	messages: StatusMessages,
): Promise<PageReference> {
	const reference = run.page();
	if (reference.path === undefined) return reference;
	const found = await run.site.readIfExists({ ...ownInfoCall(reference), messages }, 'page');
	if (found === undefined || attribute(found, 'virtual') === 'true') return reference;
	return withId(reference, await ownPage(run, reference, found));
}

function withId(reference: PageReference, found: XmlElement): PageReference {
	return { ...reference, key: attribute(found, 'id') ?? reference.key };
}

/** The page, if it is the one that was entered. */
async function ownPage(
	run: OperationContext,
	reference: PageReference,
	found: XmlElement,
): Promise<XmlElement> {
	const { label, path } = reference;
	if (isRedirect(found)) return refuseRedirect(run, label, await targetOf(run, reference));
	const isOther = path !== undefined && !isSamePath(path, pagePath(found) ?? '');
	return isOther ? refuseRedirect(run, label, found) : found;
}

function ownInfoCall(reference: PageReference): SiteCall {
	return { ...infoCall(reference), query: { redirects: 0 } };
}

function infoCall({ key, label }: PageReference): SiteCall {
	return { method: 'GET', path: `/pages/${key}/info`, doing: `look up ${label}` };
}

function isRedirect(page: XmlElement): boolean {
	return attribute(page, 'redirect') === 'true';
}

/** Where a reader of a redirect ends; `undefined` when that is no page of the site, or not known. */
async function targetOf(
	run: OperationContext,
	reference: PageReference,
): Promise<XmlElement | undefined> {
	const result = await run.site.api.call(infoCall(reference));
	const page =
		result.ok && result.value.document?.name === 'page' ? result.value.document.root : undefined;
	return page === undefined || isRedirect(page) ? undefined : page;
}

function refuseRedirect(
	run: OperationContext,
	label: string,
	target: XmlElement | undefined,
): never {
	const [id, path] = [attribute(target, 'id'), pagePath(target)];
	const there =
		id === undefined
			? ''
			: `It leads to page ${id}${path === undefined ? '' : ` at the path "${path}"`}. `;
	return run.site.refuse({
		message: `Nothing was changed: ${label} leads to another page`,
		description: `A page that was moved leaves a redirect behind. ${there}If that is the page you mean, enter its ID or its path of today.`,
	});
}
