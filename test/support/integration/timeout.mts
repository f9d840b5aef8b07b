import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/*
 * A call without a response ends at its timeout: 5 s in the trigger, 60 s in the actions. The
 * simulated site runs in the node's process, so it can tell the client that the timeout has passed.
 * Everything else is real: n8n's HTTP client listens to the same event.
 */

/** Calls that this process waits for. */
const pending = new Set<ClientRequest>();

subscribe('http.client.request.start', (message) => {
	const { request } = message as { request: ClientRequest };
	pending.add(request);
	request.once('close', () => pending.delete(request));
});

/**
 * For the fault `hang`: the call's timeout passes at once.
 *
 * A call without a timeout, or with one above `maxTimeoutMs`, keeps waiting, so that its test
 * fails.
 */
export function timeoutWithin(maxTimeoutMs: number): (received: IncomingMessage) => void {
	return (received) => {
		const call = callOf(received);
		const timeoutMs = call?.socket?.timeout ?? 0;
		if (timeoutMs > 0 && timeoutMs <= maxTimeoutMs) call?.emit('timeout');
	};
}

function callOf({ socket: { remotePort } }: IncomingMessage): ClientRequest | undefined {
	return [...pending].find(({ socket }) => socket?.localPort === remotePort);
}

/** The trigger waits 5 s for each call. */
export const triggerTimeout = timeoutWithin(5_000);

/** The actions wait 60 s for each call. */
export const actionTimeout = timeoutWithin(60_000);

/** Time between two bytes: shorter than any timeout. */
const INTERVAL_MS = 500;

/** For the fault `hang`: the response starts and never ends, with a space every half second. */
export function trickle({ socket }: IncomingMessage): void {
	socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n');
	const timer = setInterval(() => socket.write('1\r\n \r\n'), INTERVAL_MS);
	socket.once('close', () => clearInterval(timer));
}
