import type { ApiCall } from '../api/client';
import { compact, pagePath, revisionOf } from '../api/elements';
import {
	refuseWithout,
	type StatusMessage,
	type StatusMessages,
	undefinedIfFailed,
	type UserMessage,
} from '../api/expert-error';
import { attribute, type XmlElement } from '../api/xml';
import type { Allow } from './overrides';
import { refuse } from '../parameters/field';
import type { OperationContext } from './core/operation';
import { notFound } from '../api/expert-site';
import { isSamePath, parentOf, type PageReference } from './page-reference';

/** A page to change, as the site names it. */
interface FoundPage {
	id: string;
	/** Empty for the home page. */
	path: string;
	element: XmlElement;
}

/**
 * GET /pages/{id}/info of a page to change.
 *
 * @param missing message if it does not exist
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

/** Looks up the page to change, also if it is named by an ID, which can be that of a redirect. */
export async function pageToChange(run: OperationContext, reference: PageReference): Promise<PageReference> {
	return withId(reference, await findPage(run, reference));
}

export interface PageToWrite extends PageReference {
	/** No page is at the path. */
	isMissing?: true;
	/** Revision of the page as it was found. */
	revision?: number | undefined;
}

/**
 * Looks up the page to change or create: a path without a page stays as it is.
 *
 * @param allow of an operation that can create a page: it can replace a redirect
 */
export async function pageToWrite(
	run: OperationContext,
	reference: PageReference,
	messages: StatusMessages,
	allow?: Allow,
): Promise<PageToWrite> {
	if (reference.path === undefined) return asFound(reference, await findPage(run, reference, messages[404]));
	const found = await run.site.readIfExists({ ...ownInfoCall(reference), messages }, 'page');
	const isReplaced = isRedirect(found) && allow?.replacesRedirects;
	if (found === undefined || isVirtual(found) || isReplaced) {
		await refuseSlip(run, reference);
		return { ...reference, isMissing: true };
	}
	return asFound(reference, await ownPage(run, reference, found, allow));
}

/** Words for nothing in the languages that models have read. */
const NOTHING = /^(?:null|undefined|none|nan|n\/a|\[object .*\])$/i;

/** Refuses to create a page for what is rather a slip than a path. */
async function refuseSlip(run: OperationContext, reference: PageReference): Promise<void> {
	const { path = '', label, isNumber } = reference;
	if (isNumber) refuse(numberAsPath(path));
	if (!run.isTool) return;
	if (NOTHING.test(path)) refuse(notCreated(label, 'This is no path of a page.'));
	const parent = parentOf(reference);
	const found = parent && (await run.site.readIfExists(infoCall(parent), 'page'));
	if (parent === undefined || (found !== undefined && !isVirtual(found))) return;
	refuse(notCreated(label, `The page above it, ${parent.label}, does not exist either.`));
}

function numberAsPath(path: string): UserMessage {
	return {
		message: `There is no page at the path "${path}", so nothing was saved`,
		description: `If ${path} is the ID of a page, choose "By ID". To create a page of this name, enter /${path}.`,
		toModel: `If ${path} is the id of a page, name that page by its address. To create a page of this name, pass /${path}.`,
	};
}

function notCreated(label: string, reason: string): UserMessage {
	return {
		message: `There is no ${label}, so nothing was saved`,
		description: `${reason} Name the page by its id, its address or its whole path. A new page needs a path below a page that exists.`,
	};
}

function asFound(reference: PageReference, found: FoundPage): PageToWrite {
	return { ...withId(reference, found), revision: revisionOf(found.element) };
}

/** Refuses the empty page that a site can give for a path without one. */
export function existingPage(page: XmlElement, reference: PageReference, missing = noPage(reference)): XmlElement {
	return isVirtual(page) ? refuse(missing) : page;
}

/** GET /pages/{id}/info of a page to read; follows a redirect. */
export async function readInfo({ site }: OperationContext, reference: PageReference): Promise<XmlElement> {
	return existingPage(await site.read(infoCall(reference), 'page'), reference);
}

/** Returns the path that a call needs; empty for the home page. */
export async function pathOf(run: OperationContext, reference: PageReference): Promise<string> {
	if (reference.key === 'home') return '';
	if (reference.path !== undefined) return reference.path;
	return pagePath(await readInfo(run, reference)) ?? refuseWithout('page/path', infoCall(reference).doing);
}

/** Returns the ID that a call needs, a number; empty for the home page. */
export async function pageIdOf(run: OperationContext, reference: PageReference): Promise<string> {
	if (reference.key === 'home') return '';
	if (/^\d+$/.test(reference.key)) return reference.key;
	return attribute(await readInfo(run, reference), 'id') ?? refuseWithout('page/@id', infoCall(reference).doing);
}

/**
 * @param rest of the path behind the page
 * @param doing up to the name of the page
 * @param messages for other statuses than 404, or in its place
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
		query: method === 'GET' ? {} : OWN,
		doing: `${doing} ${label}`,
		messages: { 404: noPage(reference), ...messages },
	};
}

export function noPage({ label, path }: PageReference): StatusMessage {
	return notFound(
		label,
		path === undefined
			? {
					description:
						"It may have been deleted, or the user of the token may not see it. Check the value in the field 'Page'.",
					toModel: 'It may have been deleted, or the user of the token may not see it. Check the id.',
				}
			: {
					description:
						'It may have been moved, renamed or deleted, or the user of the token may not see it. Check every part of the path; upper and lower case do not matter.',
				},
	);
}

/** Names the page that something belongs to: as it was named, with the ID in the addresses of responses. */
export function pageOf({ key, path }: PageReference, ...responses: XmlElement[]) {
	const ids = responses.flatMap((response) => /\/pages\/(\d+)\//.exec(attribute(response, 'href') ?? '')?.[1] ?? []);
	const id = /^\d+$/.test(key) ? key : ids[0];
	return compact({ id, path: key === 'home' ? '' : path });
}

/** Source: docs/vendor-facts.md#virtual-pages-and-redirects. */
function isVirtual(page: XmlElement): boolean {
	return attribute(page, 'virtual') === 'true' || attribute(page, 'id') === '0';
}

/** Names the page by its ID, which stays when it moves. */
export function withId(reference: PageReference, { id, path }: FoundPage): PageReference {
	return { ...reference, key: id, ...(reference.path === undefined ? {} : { path }) };
}

export function infoCall(reference: PageReference) {
	return pageCall('GET', reference, '/info', 'look up');
}

/**
 * Keeps a call from following the redirect that a moved page leaves, which leads to another page than the one named.
 * Each write sends it, because not every site marks what it has at the old path as a redirect.
 */
export const OWN = { redirects: 0 } as const;

function ownInfoCall(reference: PageReference) {
	return { ...infoCall(reference), query: OWN };
}

/** Refuses a page other than the one named, and a response that does not say which it is. */
async function ownPage(
	run: OperationContext,
	reference: PageReference,
	element: XmlElement,
	allow?: Allow,
): Promise<FoundPage> {
	const { label } = reference;
	if (isRedirect(element)) {
		const leads = leadsElsewhere(label, await targetOf(run, reference));
		return refuse(allow === undefined ? leads : replaceable(leads));
	}
	const lacks = (part: string) => refuseWithout(`page/${part}`, infoCall(reference).doing);
	const path = pagePath(element) ?? lacks('path');
	const id = attribute(element, 'id') ?? lacks('@id');
	if (isOther(reference, id) || !isSamePath(reference.path ?? path, path))
		return refuse(leadsElsewhere(label, element));
	return { element, path, id };
}

/** Whether the site has followed a redirect all the same. */
export function isOther({ key }: PageReference, id: string): boolean {
	return /^\d+$/.test(key) && Number(key) !== Number(id);
}

export function leadsElsewhere(label: string, target: XmlElement | undefined): UserMessage {
	return {
		message: `Nothing was changed: ${label} leads to another page`,
		description: `A page that was moved leaves a redirect behind. ${whereItLeads(target)}If that is the page you mean, enter its ID or its current path.`,
	};
}

/** Adds how to replace the redirect: a site can only do so with one that it shows. */
function replaceable({ message, description }: UserMessage): UserMessage {
	const advice = 'To write a new page here, choose "Replace Redirects" in the option \'Allow\'.';
	return { message, description: `${advice} ${description}`, toModel: description };
}

function isRedirect(page: XmlElement | undefined): boolean {
	return attribute(page, 'redirect') === 'true';
}

/** Follows the redirect; `undefined` if it leads to no page of the site, or nobody knows. */
async function targetOf(run: OperationContext, reference: PageReference): Promise<XmlElement | undefined> {
	const page = await undefinedIfFailed(run.site.read(infoCall(reference), 'page'));
	return page === undefined || isRedirect(page) ? undefined : page;
}

function whereItLeads(target: XmlElement | undefined): string {
	const [id, path] = [attribute(target, 'id'), pagePath(target)];
	if (id === undefined) return '';
	return `It leads to page ${id}${path === undefined ? '' : ` at the path "${path}"`}. `;
}
