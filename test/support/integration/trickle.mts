import type { IncomingMessage } from 'node:http';

/** Time between two bytes: shorter than any timeout. */
const INTERVAL_MS = 500;

/** For the fault `hang`: the response begins and never ends, a space every half a second. */
export function trickle({ socket }: IncomingMessage): void {
	socket.write(
		'HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n',
	);
	const timer = setInterval(() => socket.write('1\r\n \r\n'), INTERVAL_MS);
	socket.once('close', () => clearInterval(timer));
}
