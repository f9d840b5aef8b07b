import { pagePath } from '../../api/elements';
import { attribute, type XmlElement } from '../../api/xml';
import type { StatusMessage, StatusMessages } from '../../api/expert-error';
import type { OperationContext } from '../operation';
import { isSamePath, type PageReference } from '../page-field';
import { notFound, type SiteCall } from '../site';

/**
 * GET /pages/{id}/info of a page that is going to be changed; refuses when it does not exist.
 *
 * A page that was moved leaves a redirect at its old path, and the site follows it unless it is told
 * not to: the redirect leads to another page than the one that was entered.
 */
export async function findPage(
	run: OperationContext,
	reference: PageReference,
	missing = noPage(reference),
): Promise<XmlElement> {
	const call = { ...ownInfoCall(reference), messages: { 404: missing } };
	const info = await run.site.read(call, 'page');
	return await ownPage(run, reference, existingPage(run, info, reference, missing));
}

/** GET /pages/{id}/info of a page that is only looked at: a redirect is followed. */
export async function readPageInfo(
	run: OperationContext,
	reference: PageReference,
): Promise<XmlElement> {
	return existingPage(run, await run.site.read(infoCall(reference), 'page'), reference);
}

/**
 * A page that is going to be changed. One that is named by its path is looked up first.
 *
 * @param missing what a person reads when there is no such page
 */
export async function pageToChange(
	run: OperationContext,
	reference: PageReference,
	missing?: StatusMessage,
): Promise<PageReference> {
	return reference.path === undefined
		? reference
		: withId(reference, await findPage(run, reference, missing));
}

/** The page that an operation changes or creates: a path without a page stays as it is. */
export async function pageToWrite(
	run: OperationContext,
	reference: PageReference,
	messages: StatusMessages,
): Promise<PageReference> {
	if (reference.path === undefined) return reference;
	const found = await run.site.readIfExists({ ...ownInfoCall(reference), messages }, 'page');
	if (found === undefined || isVirtual(found)) return reference;
	return withId(reference, await ownPage(run, reference, found));
}

/** The page of a response; refuses the empty page that a site can give for a path without a page. */
export function existingPage(
	run: OperationContext,
	page: XmlElement,
	reference: PageReference,
	missing = noPage(reference),
): XmlElement {
	return isVirtual(page) ? run.site.refuse(missing) : page;
}

/**
 * A call about one page.
 *
 * @param rest of the path behind the page
 * @param doing what n8n tries to do, up to the name of the page
 */
export function callOf(reference: PageReference, rest: string, doing: string) {
	const { key, label } = reference;
	const messages = pageMessages(reference);
	return { path: `/pages/${key}${rest}`, doing: `${doing} ${label}`, messages };
}

/** What a refusal means for a call about one page. */
export function pageMessages(reference: PageReference): StatusMessages {
	return { 404: noPage(reference) };
}

function noPage({ label, path }: PageReference): StatusMessage {
	return notFound(
		label,
		path === undefined
			? 'It may have been deleted, or the user of the token may not see it. Check the value in the field "Page".'
			: 'It may have been moved, renamed or deleted, or the user of the token may not see it. Check every part of the path; upper and lower case do not matter.',
	);
}

function isVirtual(page: XmlElement): boolean {
	return attribute(page, 'virtual') === 'true';
}

function withId(reference: PageReference, found: XmlElement): PageReference {
	const path = pagePath(found);
	return { ...reference, key: keyOf(found, reference), ...(path === undefined ? {} : { path }) };
}

/** By the ID of the page that was found, which stays when it moves. */
export function keyOf(found: XmlElement, { key }: PageReference): string {
	return attribute(found, 'id') ?? key;
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

function infoCall(reference: PageReference): SiteCall {
	return { method: 'GET', ...callOf(reference, '/info', 'look up') };
}

function isRedirect(page: XmlElement): boolean {
	return attribute(page, 'redirect') === 'true';
}

/** Where a redirect leads; `undefined` when that is no page of the site, or unknown. */
async function targetOf(
	run: OperationContext,
	reference: PageReference,
): Promise<XmlElement | undefined> {
	const page = await run.site.read(infoCall(reference), 'page').catch(() => undefined);
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
		description: `A page that was moved leaves a redirect behind. ${there}If that is the page you mean, enter its ID or its current path.`,
	});
}
