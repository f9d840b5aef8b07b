import type { IHttpRequestOptions } from 'n8n-workflow';
import { TimeoutError } from '../support/http.mts';
import type { Transport } from '../support/simulator/delivery/deliveries.mts';
import { answer, siteDate } from '../support/simulator/http/answer.mts';
import { fastTest, handlers, type Settings } from '../support/simulator/index.mts';
import { Simulator } from '../support/simulator/simulator.mts';
import { clock } from './clock.mts';

/* The simulated site without sockets: its calls and its deliveries are function calls. */

export const SITE_URL = 'https://acme.mindtouch.us';

/** A delivery on its way. */
export type Sent = Parameters<Transport>[0];

/** @returns the status, or undefined where the connection broke */
export type Network = (sent: Sent) => Promise<number | undefined>;

export function openSite(given: Partial<Settings>, network: Network): Simulator {
	const settings: Settings = {
		...fastTest,
		...{ firstBackoffMs: 1000, maxBackoffMs: 60_000, publicUrl: SITE_URL },
		...given,
	};
	const nowhere = { url: SITE_URL, close: async () => {} };
	return new Simulator(settings, {
		handlers,
		server: nowhere,
		cdn: { ...nowhere, requests: [], put: () => SITE_URL },
		transport: async (sent) => await deliver(sent, network, settings.deliveryTimeoutMs),
	});
}

async function deliver(sent: Sent, network: Network, timeoutMs: number) {
	const late = clock.sleep(timeoutMs).then(() => 'late' as const);
	const status = await Promise.race([network(sent), late]);
	if (status === 'late') throw new TimeoutError(timeoutMs);
	if (status === undefined) throw new Error('socket hang up');
	return { status };
}

/** A call as n8n's request helper makes it and gives its response back. */
export async function callSite(
	simulator: Simulator,
	{ method = 'GET', url, headers = {}, body, encoding }: IHttpRequestOptions,
	latencyMs: number,
) {
	await clock.sleep(latencyMs);
	const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
	const said = await answer(simulator, {
		...{ method, url },
		headers: Object.fromEntries(sent) as Record<string, string>,
		body: Buffer.from((body as string | undefined) ?? ''),
	});
	simulator.openCalls--;
	if ('status' in said) {
		const text = encoding === 'stream' ? [Buffer.from(said.body as string)] : said.body;
		const all = { ...siteDate(simulator.settings), ...said.headers };
		return { statusCode: said.status, headers: all, body: text };
	}
	if (said.hang) return await new Promise<never>(() => {});
	throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
