import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { answer, siteDate, type SiteResponse } from '../simulator/http/answer.mts';
import type { Simulator } from '../simulator/index.mts';

/*
 * Calls of n8n-core to a simulated site of this process as function calls: sockets take most of the time of a test. A
 * site with a fault of the connection, such as a reset, is called over its sockets.
 */

const require = createRequire(import.meta.url);
const axios = require('axios') as typeof import('axios').default;
const overSockets = axios.getAdapter('http');
const sites = new Map<string, Simulator>();

axios.defaults.adapter = (async (config) => {
	const url = axios.getUri(config);
	const site = sites.get(new URL(url).origin);
	if (site === undefined || site.faults.needSockets || isLarge(config.data)) return await overSockets(config);
	if (config.signal?.aborted) throw new axios.CanceledError();
	const said = await respond(site, url, config);
	return settled({ ...said, headers: { ...siteDate(site.settings), ...said.headers } }, config);
}) satisfies AxiosAdapter;

/** A site takes so much and no more: how it ends a call with more is express's. */
function isLarge(body: unknown): boolean {
	return body instanceof Readable || (Buffer.isBuffer(body) && body.length > 1024 * 1024);
}

/** Until it is closed. */
export function callDirectly(site: Simulator): Simulator {
	sites.set(site.url, site);
	site.closing.signal.addEventListener('abort', () => sites.delete(site.url));
	return site;
}

async function respond(site: Simulator, url: string, config: InternalAxiosRequestConfig): Promise<SiteResponse> {
	await nextTurn();
	const sent = Object.entries(config.headers.toJSON());
	const headers = Object.fromEntries(sent.map(([name, value]) => [name.toLowerCase(), String(value)] as const));
	const method = (config.method ?? 'get').toUpperCase();
	const body = Buffer.from((config.data as string | undefined) ?? '');
	try {
		const said = await answer(site, { method, url, headers, body });
		await nextTurn();
		if ('status' in said) return said;
		throw new Error('A fault of the connection needs sockets');
	} finally {
		site.openCalls--;
	}
}

/** As axios does it. */
function settled({ status, headers, body }: SiteResponse, config: InternalAxiosRequestConfig): AxiosResponse {
	const bytes = Buffer.from(body);
	const data: unknown = { stream: Readable.from([bytes]), arraybuffer: bytes }[config.responseType as string];
	const response: AxiosResponse = {
		...{ status, statusText: '', config, request: {}, data: data ?? bytes.toString() },
		headers: axios.AxiosHeaders.from(headers).normalize(false),
	};
	if (config.validateStatus?.(status) ?? true) return response;
	const code = status < 500 ? axios.AxiosError.ERR_BAD_REQUEST : axios.AxiosError.ERR_BAD_RESPONSE;
	throw new axios.AxiosError(`Request failed with status code ${status}`, code, config, {}, response);
}
