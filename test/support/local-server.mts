import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { randomInt } from 'node:crypto';
import pRetry from 'p-retry';

/** A server that listens on this machine. */
export interface LocalServer {
	port: number;
	/** With http, without trailing slash. */
	url: string;
	/** Breaks the connections that are open. */
	close(): Promise<void>;
}

/** @param wanted 0 takes a free port */
export async function listenLocally(server: Server, wanted = 0): Promise<LocalServer> {
	await once(server.listen(wanted, '127.0.0.1'), 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		...{ port, url: `http://127.0.0.1:${port}` },
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
		},
	};
}

/**
 * Ports for programs that cannot choose a free one. They lie below Linux's range for outgoing
 * connections, so none is taken by chance between check and start.
 */
export async function freePort(): Promise<number> {
	const port = randomInt(10_000, 32_768);
	return (await isOpen(port)) ? await freePort() : port;
}

/** Starts a program on a free port, or on another if that was taken meanwhile. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
	return await pRetry(async () => await start(await freePort()), {
		retries: 5,
		minTimeout: 0,
		shouldRetry: ({ error }) => isPortTaken(error),
	});
}

/** As n8n, nginx, Redis and PostgreSQL report it. */
function isPortTaken({ message }: Error): boolean {
	return /EADDRINUSE|already in use/i.test(message);
}

/** Whether the port accepts connections. */
export async function isOpen(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	const isConnected = await once(socket, 'connect').then(
		() => true,
		() => false,
	);
	socket.destroy();
	return isConnected;
}
