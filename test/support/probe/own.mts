import { createHash, createHmac } from 'node:crypto';
import { apiSecret } from '../../../nodes/CxoneExpert/api/credential.ts';
import { pagePath } from '../../../nodes/CxoneExpert/api/elements.ts';
import { pageKey } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import {
	attribute,
	children,
	textOf,
	type XmlElement,
} from '../../../nodes/CxoneExpert/api/xml.ts';
import type { ProbeOptions } from './options.mts';
import type { ProbedSite, SiteResponse } from './site.mts';

/*
 * What the probe makes, and how it is found again, also by another run after a kill -9: nothing is
 * remembered but the names, which follow from the site, the user and `--below`.
 */

/** The pages of the probe, by their paths. */
export interface OwnPaths {
	page: string;
	child: string;
	leaf: string;
	tip: string;
	/** Where the page is moved to. */
	moved: string;
}

export interface Own {
	/** Stands in the path of each page and webhook of this user's probes. */
	marker: string;
	/** What the site is to send with each delivery. */
	authorization: string;
	/** Absent when nothing may be written. */
	paths?: OwnPaths;
}

export function ownOf({ site, credential, below }: ProbeOptions, userId: string): Own {
	const id = createHash('sha256').update(`${site} ${userId}`).digest('hex').slice(0, 8);
	const marker = `cxoneexpertprobe${id}`;
	const token = createHmac('sha256', apiSecret(credential)).update(marker).digest('hex');
	const authorization = `Bearer ${token}`;
	if (below === undefined) return { marker, authorization };
	const page = below === '' ? marker : `${below}/${marker}`;
	const child = `${page}/child`;
	const [leaf, tip] = [`${child}/leaf`, `${child}/leaf/tip`];
	return { marker, authorization, paths: { page, child, leaf, tip, moved: `${page}moved` } };
}

/** Whether a webhook is one of the probe's, however the site spells its address. */
export function isOwnWebhook(webhook: XmlElement, { marker, authorization }: Own): boolean {
	const url = (textOf(webhook, 'webhook-url') ?? '').toLowerCase();
	return url.includes(marker) || textOf(webhook, 'authorization-header') === authorization;
}

/** All webhooks of the site that are not marked as deleted; `undefined` when it gives no list. */
export async function listWebhooks(site: ProbedSite): Promise<XmlElement[] | undefined> {
	const found = new Map<string | undefined, XmlElement>();
	for (let before = -1; found.size > before; ) {
		before = found.size;
		const query = { limit: 100, offset: before };
		const { status, document } = await site.call({ path: '/webhooks', query });
		if (status !== 200 || document?.name !== 'webhooks') return undefined;
		for (const each of children(document.root, 'webhook')) found.set(textOf(each, 'id'), each);
	}
	return [...found.values()].filter((each) => textOf(each, 'deleted') !== 'true');
}

/** The ID of the page at exactly this path, a draft or not; `undefined` when there is none. */
export async function idAt(site: ProbedSite, path: string): Promise<string | undefined> {
	const key = pageKey(path);
	const query = { redirects: 0 };
	const page = pageIn(await site.call({ path: `/pages/${key}/info`, query }), 'page', path);
	if (page !== undefined) return attribute(page, 'id');
	const draft = pageIn(await site.call({ path: `/drafts/${key}` }), 'draft', path);
	return draft && attribute(draft, 'id');
}

/** Removes what this and earlier runs have made; gives what could not be removed, for people. */
export async function removeRemains(
	site: ProbedSite,
	own: Own,
): Promise<{ removed: number; left: string[] }> {
	const webhooks = await removeWebhooks(site, own);
	const pages = await removePages(site, own);
	return { removed: webhooks.removed + pages.removed, left: [...webhooks.left, ...pages.left] };
}

export async function removeWebhooks(site: ProbedSite, own: Own) {
	const listOwn = async () =>
		((await listWebhooks(site)) ?? []).filter((webhook) => isOwnWebhook(webhook, own));
	const found = await listOwn();
	for (const webhook of found) await deleteWebhook(site, textOf(webhook, 'id') ?? '');
	const left = found.length === 0 ? [] : await listOwn();
	const names = left.map((webhook) => `the webhook ${textOf(webhook, 'id')}`);
	return { removed: found.length - left.length, left: names };
}

export async function deleteWebhook(site: ProbedSite, id: string): Promise<SiteResponse> {
	return await site.call({ method: 'DELETE', path: `/webhooks/${encodeURIComponent(id)}` });
}

/** The deepest first: what somebody else has put below one of them stays. A redirect before its page. */
async function removePages(site: ProbedSite, { paths }: Own) {
	if (paths === undefined) return { removed: 0, left: [] };
	const atMoved = (path: string) => paths.moved + path.slice(paths.page.length);
	const places = [paths.tip, paths.leaf, paths.child, paths.page].flatMap((path) => [
		path,
		atMoved(path),
	]);
	const left: string[] = [];
	let removed = 0;
	for (const path of places) {
		const outcome = await removePage(site, path);
		if (outcome === 'removed') removed++;
		if (outcome === 'left') left.push(`the page ${path}`);
	}
	return { removed, left };
}

async function removePage(site: ProbedSite, path: string): Promise<'none' | 'removed' | 'left'> {
	const redirect = await redirectAt(site, path);
	const id = redirect ?? (await idAt(site, path));
	if (id === undefined) return 'none';
	const query = { redirects: 0, recursive: false };
	await site.call({ method: 'DELETE', path: `/pages/${encodeURIComponent(id)}`, query });
	const isGone =
		(await redirectAt(site, path)) === undefined && (await idAt(site, path)) === undefined;
	return isGone ? 'removed' : 'left';
}

/** What a moved page has left at its old path. */
async function redirectAt(site: ProbedSite, path: string): Promise<string | undefined> {
	const query = { redirects: 0 };
	const { document } = await site.call({ path: `/pages/${pageKey(path)}/info`, query });
	const isRedirect = document?.name === 'page' && attribute(document.root, 'redirect') === 'true';
	return isRedirect && isAt(document.root, path) ? attribute(document.root, 'id') : undefined;
}

/** The page of a response, if it is one at that path and neither virtual nor a redirect. */
function pageIn(
	{ status, document }: SiteResponse,
	name: string,
	path: string,
): XmlElement | undefined {
	if (status !== 200 || document?.name !== name) return undefined;
	const { root } = document;
	const isOther = ['virtual', 'redirect'].some((each) => attribute(root, each) === 'true');
	const isDeleted = attribute(root, 'deleted') === 'true';
	return isOther || isDeleted || !isAt(root, path) ? undefined : root;
}

export function isAt(page: XmlElement, path: string): boolean {
	return pagePath(page)?.toLowerCase() === path.toLowerCase();
}
