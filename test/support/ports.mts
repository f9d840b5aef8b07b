import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import pRetry from 'p-retry';

/**
 * Ports for programs that cannot be told to take a free one. They lie below those that Linux gives
 * to outgoing connections, so nobody gets one by chance between the look and the start.
 */
export async function freePort(): Promise<number> {
	const port = randomInt(10_000, 32_768);
	return (await isOpen(port)) ? await freePort() : port;
}

/** Starts a program on a free port, and on another one when somebody was quicker all the same. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
	return await pRetry(async () => await start(await freePort()), {
		retries: 5,
		minTimeout: 0,
		shouldRetry: ({ error }) => isPortTaken(error),
	});
}

/** As n8n, nginx, Redis and PostgreSQL say it. */
function isPortTaken({ message }: Error): boolean {
	return /EADDRINUSE|already in use/i.test(message);
}

/** Whether somebody accepts connections there. */
export async function isOpen(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	const isConnected = await once(socket, 'connect').then(
		() => true,
		() => false,
	);
	socket.destroy();
	return isConnected;
}
