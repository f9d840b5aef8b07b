import type { ApiCall } from '../api/client';
import { compact, pagePath } from '../api/elements';
import {
	refuseWithout,
	type StatusMessage,
	type StatusMessages,
	type UserMessage,
} from '../api/expert-error';
import { attribute, type XmlElement } from '../api/xml';
import type { Allow } from './allow';
import { refuse } from './core/field';
import type { OperationContext } from './core/operation';
import { notFound } from './core/site';
import { isSamePath, type PageReference } from './page-reference';

/** A page that is going to be changed, as the site names it. */
interface FoundPage {
	id: string;
	/** Empty for the home page. */
	path: string;
	element: XmlElement;
}

/**
 * GET /pages/{id}/info of a page that is going to be changed; refuses when it does not exist.
 *
 * @param missing what a person reads then
 */
export async function findPage(
	run: OperationContext,
	reference: PageReference,
	missing = noPage(reference),
): Promise<FoundPage> {
	const call = { ...ownInfoCall(reference), messages: { 404: missing } };
	const info = await run.site.read(call, 'page');
	return await ownPage(run, reference, existingPage(info, reference, missing));
}

/** The page that an operation changes, by its ID: one that is named by its path is looked up first. */
export async function pageToChange(
	run: OperationContext,
	reference: PageReference,
	missing?: StatusMessage,
): Promise<PageReference> {
	if (reference.path === undefined) return reference;
	return withId(reference, await findPage(run, reference, missing));
}

/** A page that is going to be written. */
export interface PageToWrite extends PageReference {
	/** There was no page at the path. */
	isMissing?: true;
}

/**
 * The page that an operation changes or creates: a path without a page stays as it is.
 *
 * @param allow where the operation can create a page: then a redirect can be replaced by it
 */
export async function pageToWrite(
	run: OperationContext,
	reference: PageReference,
	messages: StatusMessages,
	allow?: Allow,
): Promise<PageToWrite> {
	if (reference.path === undefined) return reference;
	const found = await run.site.readIfExists({ ...ownInfoCall(reference), messages }, 'page');
	const isReplaced = isRedirect(found) && allow?.replacesRedirects;
	if (found === undefined || isVirtual(found) || isReplaced)
		return { ...reference, isMissing: true };
	return withId(reference, await ownPage(run, reference, found, allow));
}

/** The page of a response; refuses the empty page that a site can give for a path without a page. */
export function existingPage(
	page: XmlElement,
	reference: PageReference,
	missing = noPage(reference),
): XmlElement {
	return isVirtual(page) ? refuse(missing) : page;
}

/**
 * A call about one page.
 *
 * @param rest of the path behind the page
 * @param doing what n8n tries to do, up to the name of the page
 * @param messages what other statuses than 404 mean
 */
export function pageCall(
	method: ApiCall['method'],
	reference: PageReference,
	rest: string,
	doing: string,
	messages?: StatusMessages,
) {
	const { key, label } = reference;
	return {
		method,
		path: `/pages/${key}${rest}`,
		doing: `${doing} ${label}`,
		messages: { 404: noPage(reference), ...messages },
	};
}

export function noPage({ label, path }: PageReference): StatusMessage {
	return notFound(
		label,
		path === undefined
			? "It may have been deleted, or the user of the token may not see it. Check the value in the field 'Page'."
			: 'It may have been moved, renamed or deleted, or the user of the token may not see it. Check every part of the path; upper and lower case do not matter.',
	);
}

/**
 * The page that something belongs to, so that the next node finds it: as it was named, and with the ID in the
 * addresses of responses.
 */
export function pageOf({ key, path }: PageReference, ...responses: XmlElement[]) {
	const ids = responses.flatMap(
		(response) => /\/pages\/(\d+)\//.exec(attribute(response, 'href') ?? '')?.[1] ?? [],
	);
	const id = /^\d+$/.test(key) ? key : ids[0];
	return compact({ id, path: key === 'home' ? '' : path });
}

/** Source: docs/vendor-facts.md#virtual-pages-and-redirects. */
function isVirtual(page: XmlElement): boolean {
	return attribute(page, 'virtual') === 'true' || attribute(page, 'id') === '0';
}

/** By the ID of the page that was found, which stays when it moves. */
export function withId(reference: PageReference, found: FoundPage): PageReference {
	return { ...reference, key: found.id, path: found.path };
}

/** GET /pages/{id}/info: what a page is called, and where it is. */
export function infoCall(reference: PageReference) {
	return pageCall('GET', reference, '/info', 'look up');
}

/**
 * A page that was moved leaves a redirect at its old path, and the site follows it unless it is told
 * not to: the redirect leads to another page than the one that was entered.
 */
function ownInfoCall(reference: PageReference) {
	return { ...infoCall(reference), query: { redirects: 0 } };
}

/** The page, if it is the one that was entered, and the response says which one it is. */
async function ownPage(
	run: OperationContext,
	reference: PageReference,
	element: XmlElement,
	allow?: Allow,
): Promise<FoundPage> {
	const { label } = reference;
	if (isRedirect(element)) {
		const leads = elsewhere(label, await targetOf(run, reference));
		return refuse(allow === undefined ? leads : replaceable(leads));
	}
	const lacks = (part: string) => refuseWithout(`page/${part}`, infoCall(reference).doing);
	const path = pagePath(element) ?? lacks('path');
	if (!isSamePath(reference.path ?? path, path)) return refuse(elsewhere(label, element));
	return { element, path, id: attribute(element, 'id') ?? lacks('@id') };
}

function elsewhere(label: string, target: XmlElement | undefined): UserMessage {
	return {
		message: `Nothing was changed: ${label} leads to another page`,
		description: `A page that was moved leaves a redirect behind. ${whereItLeads(target)}If that is the page you mean, enter its ID or its current path.`,
	};
}

/** Only a redirect that the site shows itself is one that it can replace. */
function replaceable({ message, description }: UserMessage): UserMessage {
	const advice = 'To write a new page here, choose "Replace Redirects" in the option \'Allow\'.';
	return { message, description: `${advice} ${description}` };
}

function isRedirect(page: XmlElement | undefined): boolean {
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

function whereItLeads(target: XmlElement | undefined): string {
	const [id, path] = [attribute(target, 'id'), pagePath(target)];
	if (id === undefined) return '';
	return `It leads to page ${id}${path === undefined ? '' : ` at the path "${path}"`}. `;
}
