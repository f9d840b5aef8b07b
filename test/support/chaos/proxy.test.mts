import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HoldingProxy, startHoldingProxy } from './proxy.mts';
import { send, TimeoutError } from '../http.mts';
import { type Listener, startListener } from '../simulator/index.mts';

let proxy: HoldingProxy;
let n8n: Listener;
beforeEach(async () => {
	proxy = await startHoldingProxy();
	n8n = await startListener();
});
afterEach(async () => {
	await proxy.close();
	await n8n.close();
});

/** What came through the proxy: a port can also be called by what another test has left running. */
const passedOn = () => n8n.received.filter(({ path }) => path === '/hook');

const post = async (body: string, timeoutMs?: number) =>
	await send(`${proxy.url}/hook`, { method: 'POST', body, timeoutMs });

it('the proxy passes a request on, byte by byte, and the response back', async () => {
	proxy.open(n8n.url);
	n8n.responses.push((_received, response) =>
		response.writeHead(503, { 'Retry-After': 1 }).end('no'),
	);
	const { status, headers, body } = await post('Größe');
	expect([status, headers['retry-after'], body]).toEqual([503, '1', 'no']);
	expect(passedOn()).toMatchObject([{ path: '/hook', body: Buffer.from('Größe') }]);
});

it('the proxy holds a request until n8n is ready', async () => {
	const first = post('a');
	await sleep(50);
	expect(passedOn()).toEqual([]);
	proxy.open(n8n.url);
	expect((await first).status).toBe(200);
	proxy.hold();
	const next = post('b');
	await sleep(50);
	expect(passedOn()).toHaveLength(1);
	proxy.open(n8n.url);
	expect((await next).status).toBe(200);
});

it('the proxy drops a request whose sender has gone meanwhile', async () => {
	let connections = 0;
	const server = http.createServer((_request, response) => response.end());
	server.on('connection', () => connections++);
	const target = await listen(server);
	await expect(post('a', 50)).rejects.toThrow(TimeoutError);
	await sleep(50);
	proxy.open(target);
	expect((await post('b')).status).toBe(200);
	expect(connections).toBe(1);
	server.close().closeAllConnections();
});

it('a held request gets 503 when n8n is not there, or dies before it responds', async () => {
	const dying = http.createServer((request) => request.socket.destroy());
	proxy.open(await listen(dying));
	expect((await post('a')).status).toBe(503);
	dying.close();
	await once(dying, 'close');
	expect((await post('b')).status).toBe(503);
});

async function listen(server: http.Server): Promise<string> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
