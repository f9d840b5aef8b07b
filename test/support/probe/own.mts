import { createHash, createHmac } from 'node:crypto';
import { apiSecret } from '../../../nodes/CxoneExpert/api/credential.ts';
import { pagePath } from '../../../nodes/CxoneExpert/api/elements.ts';
import { pageKey, targetPath } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import {
	attribute,
	children,
	textOf,
	type XmlElement,
} from '../../../nodes/CxoneExpert/api/xml.ts';
import type { ProbeOptions } from './options.mts';
import type { ProbedSite, SiteResponse } from './site.mts';

/*
 * What the probe creates, and how even another run finds it again after a kill -9: nothing is
 * remembered but the names, which follow from the site, the user and `--below`.
 */

/** The pages of the probe, by their paths. */
export interface OwnPaths {
	page: string;
	child: string;
	leaf: string;
	/** Beside the leaf. */
	twin: string;
	tip: string;
	/** Target of the page's move. */
	moved: string;
	/** Below that, as requested. */
	plus: string;
	/** Target of that page's move, as requested. */
	plusMoved: string;
}

/** The same name in another spelling. */
export function accented(name: string): string {
	return name.replace('e', 'é');
}

/** Where a page may be whose path was decoded once more than the vendor says. */
function decodedOnceMore(path: string): string {
	return path.replaceAll('+', '_');
}

export interface Own {
	/** Part of the path of each page and webhook of this user's probes. */
	marker: string;
	/** Authorization that the site sends with each delivery. */
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
	const [leaf, twin, tip] = [`${child}/leaf`, `${child}/twin`, `${child}/leaf/tip`];
	const moved = `${page}moved`;
	const plus = `${moved}/plus+sign`;
	const plusMoved = `${moved}/A+B`;
	const paths = { page, child, leaf, twin, tip, moved, plus, plusMoved };
	return { marker, authorization, paths };
}

/** Webhooks of the probe, whatever the site's spelling of their addresses. */
export async function listOwnWebhooks(
	site: ProbedSite,
	{ marker, authorization }: Own,
): Promise<XmlElement[]> {
	return (await listWebhooks(site)).filter((webhook) => {
		const url = textOf(webhook, 'webhook-url')?.toLowerCase() ?? '';
		return url.includes(marker) || textOf(webhook, 'authorization-header') === authorization;
	});
}

/** All webhooks of the site that are not marked as deleted; none when it gives no list. */
async function listWebhooks(site: ProbedSite): Promise<XmlElement[]> {
	const found = new Map<string | undefined, XmlElement>();
	for (let before = -1; found.size > before; ) {
		before = found.size;
		const query = { limit: 100, offset: before };
		const { status, document } = await site.call({ path: '/webhooks', query });
		if (status !== 200 || document?.name !== 'webhooks') return [];
		for (const each of children(document.root, 'webhook')) found.set(textOf(each, 'id'), each);
	}
	return [...found.values()].filter((each) => textOf(each, 'deleted') !== 'true');
}

/** The ID of the page at exactly this path, a draft or not; `undefined` when there is none. */
export async function idAt(site: ProbedSite, path: string): Promise<string | undefined> {
	const page = await infoAt(site, path);
	return page && attribute(page, 'redirect') !== 'true'
		? attribute(page, 'id')
		: await draftIdAt(site, path);
}

/** A page or a redirect of exactly this path, unless it is virtual or deleted. */
export async function infoAt(site: ProbedSite, path: string): Promise<XmlElement | undefined> {
	const call = { path: `/pages/${pageKey(path)}/info`, query: { redirects: 0 } };
	return pageIn(await site.call(call), 'page', path);
}

async function draftIdAt(site: ProbedSite, path: string): Promise<string | undefined> {
	const response = await site.call({ path: `/drafts/${pageKey(path)}` });
	return attribute(pageIn(response, 'draft', path), 'id');
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
	const found = await listOwnWebhooks(site, own);
	for (const webhook of found) await deleteWebhook(site, textOf(webhook, 'id') ?? '');
	const left = found.length === 0 ? [] : await listOwnWebhooks(site, own);
	const names = left.map((webhook) => `the webhook ${textOf(webhook, 'id')}`);
	return { removed: found.length - left.length, left: names };
}

export async function deleteWebhook(site: ProbedSite, id: string): Promise<SiteResponse> {
	return await site.call({ method: 'DELETE', path: `/webhooks/${encodeURIComponent(id)}` });
}

/** Deepest first: other people's pages below them stay. A redirect before its page. */
async function removePages(site: ProbedSite, { paths }: Own) {
	if (paths === undefined) return { removed: 0, left: [] };
	const atMoved = (path: string) => paths.moved + path.slice(paths.page.length);
	const made = [paths.tip, paths.twin, paths.leaf, paths.child, paths.page].flatMap((path) => [
		path,
		atMoved(path),
	]);
	const spelled = [paths.plus, paths.plusMoved].flatMap((path) => [
		...[path, decodedOnceMore(path), targetPath(path)],
	]);
	const places = [...spelled, ...made];
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
	const anyAt = async () =>
		attribute(await infoAt(site, path), 'id') ?? (await draftIdAt(site, path));
	const id = await anyAt();
	if (id === undefined) return 'none';
	const query = { redirects: 0, recursive: false };
	await site.call({ method: 'DELETE', path: `/pages/${encodeURIComponent(id)}`, query });
	return (await anyAt()) === undefined ? 'removed' : 'left';
}

/** The page of a response, if it is at that path and neither virtual nor deleted. */
function pageIn(
	{ status, document }: SiteResponse,
	name: string,
	path: string,
): XmlElement | undefined {
	if (status !== 200 || document?.name !== name) return undefined;
	const { root } = document;
	const isGone = ['virtual', 'deleted'].some((each) => attribute(root, each) === 'true');
	return isGone || pagePath(root)?.toLowerCase() !== path.toLowerCase() ? undefined : root;
}
