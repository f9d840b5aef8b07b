import { createServer } from 'node:http';
import express, { type Response } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { listenLocally, type LocalServer } from '../local-server.mts';
import { RawConnection } from '../raw-connection.mts';

const servers: LocalServer[] = [];

/** The response as n8n gives it to the node. */
export type GivenResponse = ReturnType<IWebhookFunctions['getResponseObject']>;

export function given(response: Response): GivenResponse {
	return response;
}

/** A real express application on this machine that handles each request like this. */
export async function serve(handle: (response: Response) => void): Promise<number> {
	const application = express();
	application.use((_request, response) => {
		// What n8n puts on each response before it calls the node.
		response.setHeader('Content-Type', 'text/html');
		response.setHeader('X-Hint', 'n8n');
		handle(response);
	});
	const server = await listenLocally(createServer(application));
	servers.push(server);
	return server.port;
}

export function closeServers(): void {
	for (const server of servers.splice(0)) void server.close();
}

/** Everything received over the connection, so that a second response would show. */
export async function raw(port: number, body = ''): Promise<string> {
	const connection = new RawConnection(`http://127.0.0.1:${port}`);
	// Not ended: the server would take that for a client that has gone.
	connection.write(
		`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
	);
	await connection.closed;
	return connection.received;
}

export function headersOf(text: string): Record<string, string> {
	const [head = ''] = text.split('\r\n\r\n');
	const fields = head.split('\r\n').slice(1);
	return Object.fromEntries(
		fields.map((field) => {
			const [name = '', ...value] = field.split(': ');
			return [name.toLowerCase(), value.join(': ')];
		}),
	);
}

export function bodyOf(text: string): string {
	return text.split('\r\n\r\n').slice(1).join('\r\n\r\n');
}

/** The status of the one response; fails when there is another number of them. */
export function statusOf(text: string): number {
	const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
	if (statuses.length !== 1) throw new Error(`${statuses.length} responses`);
	return statuses[0]!;
}
