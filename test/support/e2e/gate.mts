import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitUntil } from '../wait.mts';

/**
 * Holds executions in a Code node for as long as a test needs them there, and not a moment longer:
 * the node asks the gate, which responds when it is open.
 */
export class Gate {
	/** How many executions have come so far, those that a crash has cut off too. */
	arrivals = 0;
	private readonly server: http.Server;
	private opening = Promise.withResolvers<void>();

	private constructor() {
		this.server = http.createServer((_request, response) => {
			this.arrivals++;
			void this.opening.promise.then(() => response.end());
		});
	}

	/** It is closed at first. */
	static async start(): Promise<Gate> {
		const gate = new Gate();
		await once(gate.server.listen(0, '127.0.0.1'), 'listening');
		return gate;
	}

	/** For the start of a Code node; the items go on as they are. */
	get code(): string {
		const { port } = this.server.address() as AddressInfo;
		return `await this.helpers.httpRequest({ url: 'http://127.0.0.1:${port}/' });`;
	}

	open(): void {
		this.opening.resolve();
	}

	close(): void {
		this.opening = Promise.withResolvers();
	}

	async waitForArrivals(count: number): Promise<void> {
		await waitUntil(`${count} executions are at the gate`, () => this.arrivals >= count);
	}

	async end(): Promise<void> {
		this.open();
		this.server.close();
		this.server.closeAllConnections();
		await once(this.server, 'close');
	}
}
