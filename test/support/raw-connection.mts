import { connect, type Socket } from 'node:net';
import { waitFor } from './wait.mts';

export interface RawResponse {
	/** 0 when the connection ended without a response. */
	status: number;
	/** Status line and headers of the last response as they came. */
	head: string;
	/** Everything after the headers. */
	rest: string;
}

/** A connection for what no HTTP client would send: bytes go out as they are given, at any pace. */
export class RawConnection {
	/** Everything that came back so far. */
	received = '';
	readonly closed: Promise<void>;
	private readonly socket: Socket;

	constructor(url: string) {
		const { hostname, port } = new URL(url);
		this.socket = connect(Number(port), hostname);
		this.socket.on('data', (part) => (this.received += part.toString('latin1')));
		// A server that hangs up in the middle is what some tests are about.
		this.socket.on('error', () => {});
		this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
	}

	get isOpen(): boolean {
		return !this.socket.destroyed;
	}

	/** Text goes out as one byte per character. */
	write(part: string | Uint8Array): void {
		if (this.socket.writable) this.socket.write(typeof part === 'string' ? latin1(part) : part);
	}

	/** Says that nothing follows. */
	end(): void {
		this.socket.end();
	}

	cut(): void {
		this.socket.destroy();
	}

	/** Waits for the final response; "100 Continue" is none. */
	async response(): Promise<RawResponse> {
		const read = () => {
			const found = finalResponse(this.received);
			if (found !== undefined && isEmpty(found)) return found;
			// Any other response ends with the connection.
			if (this.isOpen) return undefined;
			return found ?? { status: 0, head: '', rest: this.received };
		};
		return await waitFor('there is a final response', read, { intervalMs: 5 });
	}
}

function finalResponse(received: string): RawResponse | undefined {
	const text = received.replace(/^(HTTP\/1\.1 100 Continue\r\n\r\n)+/, '');
	const end = text.indexOf('\r\n\r\n');
	if (end < 0) return undefined;
	const head = text.slice(0, end);
	return {
		status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
		head,
		rest: text.slice(end + 4),
	};
}

/** Says that nothing follows, in one of the two ways. */
function isEmpty({ head, rest }: RawResponse): boolean {
	return /^content-length: 0\r?$/im.test(head) || rest === '0\r\n\r\n';
}

function latin1(text: string): Buffer {
	return Buffer.from(text, 'latin1');
}
