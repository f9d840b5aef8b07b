import http from 'node:http';
import { listenLocally, type LocalServer } from '../local-server.mts';
import { waitUntil } from '../wait.mts';

/**
 * Holds executions in a Code node for as long as a test needs them there, and not a moment longer:
 * the node asks the gate, which responds when it is open.
 */
export class Gate {
	/** Number of executions so far, including those cut off by a crash. */
	arrivals = 0;
	private readonly server: http.Server;
	private local!: LocalServer;
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
		gate.local = await listenLocally(gate.server);
		return gate;
	}

	/** For the start of a Code node; items pass through unchanged. */
	get code(): string {
		return `await this.helpers.httpRequest({ url: '${this.local.url}/' });`;
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
		await this.local.close();
	}
}
