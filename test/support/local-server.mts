import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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
