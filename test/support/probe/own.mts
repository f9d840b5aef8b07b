import { createHash, createHmac } from 'node:crypto';
import { apiSecret } from '../../../nodes/CxoneExpert/api/credential.ts';
import { pagePath } from '../../../nodes/CxoneExpert/api/elements.ts';
import { pageKey, targetPath } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { attribute, children, textOf, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import type { ProbeOptions } from './options.mts';
import type { ProbedSite, SiteResponse } from './site.mts';

/*
 * What the probe creates, and how even another run finds it again after a kill -9: nothing is
 * remembered but the names, which follow from the site, the user and `--below`.
 */

/** The pages of the probe, each below the one before. */
const TREE = ['page', 'child', 'leaf', 'tip'] as const;
export type OwnPage = (typeof TREE)[number];

export interface Own {
	/** Part of the path of each page and webhook of this user's probes. */
	marker: string;
	/** Authorization that the site sends with each delivery. */
	authorization: string;
	/** Paths of the pages; absent when nothing may be written. */
	paths?: Record<OwnPage | 'moved', string>;
	/** Of the pages that this run has made so far. */
	ids: Partial<Record<OwnPage, string>>;
}

type Named = Pick<ProbeOptions, 'site' | 'credential' | 'below'>;

export function ownOf({ site, credential, below }: Named, userId: string): Own {
	const id = createHash('sha256').update(`${site} ${userId}`).digest('hex').slice(0, 8);
	const marker = `cxoneexpertprobe${id}`;
	const token = createHmac('sha256', apiSecret(credential)).update(marker).digest('hex');
	const own = { marker, authorization: `Bearer ${token}`, ids: {} };
	if (below === undefined) return own;
	const page = below === '' ? marker : `${below}/${marker}`;
	const [child, leaf, tip] = [`${page}/child`, `${page}/child/leaf`, `${page}/child/leaf/tip`];
	return { ...own, paths: { page, child, leaf, tip, moved: `${page}+moved` } };
}

/** Webhooks of the probe, whatever the site's spelling of their addresses. */
export async function listOwnWebhooks(site: ProbedSite, own: Own): Promise<XmlElement[]> {
	const query = { limit: 1000, offset: 0 };
	const { status, document } = await site.call({ path: '/webhooks', query });
	const all = status === 200 ? children(document?.root, 'webhook') : [];
	return all.filter((webhook) => {
		const url = textOf(webhook, 'webhook-url')?.toLowerCase() ?? '';
		const isOurs = textOf(webhook, 'authorization-header') === own.authorization;
		return textOf(webhook, 'deleted') !== 'true' && (isOurs || url.includes(own.marker));
	});
}

/** What is at this path or ID and has the marker of the probe: a page, a redirect or a draft. */
export async function ownAt(site: ProbedSite, own: Own, key: string): Promise<XmlElement | undefined> {
	const info = await infoAt(site, key);
	const found = info ?? pageIn(await site.call({ path: `/drafts/${key}` }), 'draft');
	return pagePath(found)?.toLowerCase().includes(own.marker) ? found : undefined;
}

/** A page or a redirect, unless it is virtual or deleted. */
export async function infoAt(site: ProbedSite, key: string): Promise<XmlElement | undefined> {
	const call = { path: `/pages/${key}/info`, query: { redirects: 0 } };
	return pageIn(await site.call(call), 'page');
}

/** Removes what this and earlier runs have made; gives what could not be removed, for people. */
export async function removeRemains(site: ProbedSite, own: Own) {
	const found = await listOwnWebhooks(site, own);
	for (const webhook of found) {
		const id = encodeURIComponent(textOf(webhook, 'id') ?? '');
		await site.call({ method: 'DELETE', path: `/webhooks/${id}` });
	}
	const webhooks = found.length === 0 ? [] : await listOwnWebhooks(site, own);
	const left = webhooks.map((webhook) => `the webhook ${textOf(webhook, 'id')}`);
	let removed = found.length - webhooks.length;
	for (const key of placesOf(own)) {
		const id = attribute(await ownAt(site, own, key), 'id');
		if (id === undefined) continue;
		const query = { redirects: 0, recursive: false };
		await site.call({ method: 'DELETE', path: `/pages/${encodeURIComponent(id)}`, query });
		const page = await ownAt(site, own, key);
		if (page === undefined) removed++;
		else left.push(`the page ${pagePath(page)}`);
	}
	return { removed, left: [...new Set(left)] };
}

/**
 * Deepest first: other people's pages below them stay. A redirect before its page. A site may
 * decode the target of a move once more, or once less, than the vendor says.
 */
function placesOf({ paths, ids }: Own): string[] {
	if (paths === undefined) return [];
	const { page, moved } = paths;
	const roots = [page, moved, moved.replace('+', '_'), targetPath(moved)];
	const deepestFirst = TREE.toReversed();
	const byPath = deepestFirst.flatMap((name) => roots.map((root) => pageKey(root + paths[name].slice(page.length))));
	return [...byPath, ...deepestFirst.flatMap((name) => ids[name] ?? [])];
}

function pageIn({ status, document }: SiteResponse, name: string): XmlElement | undefined {
	if (status !== 200 || document?.name !== name) return undefined;
	const { root } = document;
	const isGone = ['virtual', 'deleted'].some((each) => attribute(root, each) === 'true');
	return isGone ? undefined : root;
}
