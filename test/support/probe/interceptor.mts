import http from 'node:http';
import { listenLocally, type LocalServer } from '../local-server.mts';

/** One request, on its way to the site. */
export interface Intercepted {
	/** Counted from 1. */
	position: number;
	method: string;
	path: string;
	isWrite: boolean;
}

/**
 * Sits in front of a site and reports each request after the site's response, before passing that
 * on.
 */
export async function interceptAt(
	siteUrl: string,
	intercept: (request: Intercepted) => void,
): Promise<LocalServer> {
	let position = 0;
	const server = http.createServer((request, response) => {
		const { method = '', url: path = '', headers } = request;
		const intercepted = { position: ++position, method, path, isWrite: method !== 'GET' };
		const onward = http.request(siteUrl + path, { method, headers }, (received) => {
			intercept(intercepted);
			response.writeHead(received.statusCode ?? 502, received.headers);
			received.pipe(response);
		});
		onward.on('error', () => response.destroy());
		request.pipe(onward);
	});
	return await listenLocally(server);
}
