import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { listenLocally } from '../../local-server.mts';
import type { Page } from '../site/pages.mts';
import { type Backend, type Call, type Reply } from './call.mts';

/** A content, as the API gives it and as the content network does. */
export interface Content {
	body: Buffer;
	type: string;
}

export interface CdnRequest {
	path: string;
	headers: http.IncomingHttpHeaders;
	status: number;
}

/** Where a site redirects what everybody may see: see docs/vendor-facts.md#content-network. */
export interface Cdn {
	url: string;
	/** Oldest first. */
	requests: CdnRequest[];
	/** Keeps a content, and gives its signed address. */
	put(content: Content): string;
	close(): Promise<void>;
}

const credentials = ['authorization', 'proxy-authorization', 'x-deki-token', 'cookie'];

/** It knows no token: whoever sends one is refused. */
export async function startCdn(): Promise<Cdn> {
	const contents = new Map<string, Content>();
	const requests: CdnRequest[] = [];
	const server = http.createServer(({ url: path = '', headers }, response) => {
		const content = contents.get(path);
		const isTrusting = credentials.some((name) => name in headers);
		const status = isTrusting ? 400 : content ? 200 : 403;
		requests.push({ path, headers, status });
		response.writeHead(status, { 'Content-Type': content?.type ?? 'text/plain' });
		response.end(status === 200 ? content?.body : 'Access denied');
	});
	const { url, close } = await listenLocally(server);
	return {
		...{ url, close, requests },
		put: (content) => {
			const path = `/site/${randomUUID()}?Expires=3600&Signature=${randomUUID()}`;
			contents.set(path, content);
			return url + path;
		},
	};
}

/**
 * A content as it is, or a redirect when everybody may see it; for properties that is assumed: see
 * docs/vendor-facts.md#content-network.
 */
export function contentReply(call: Call, { settings, cdn }: Backend, page: Page, content: Content): Reply {
	const staysHere = call.flag('nocache') && settings.nocacheParameter === 'heeded';
	const isPublic = page.restriction === 'Public' && page.draftState !== 'unpublished';
	if (staysHere || !isPublic) return { status: 200, raw: content };
	return { status: 302, location: cdn.put(content) };
}
