import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { listenLocally, type LocalServer } from '../local-server.mts';

/** The part that both protocols have in common: one text, or several. */
interface Request {
	input: string | string[];
}

/**
 * Stands in for a model that makes embeddings, by the protocols of OpenAI and of Ollama: equal texts get equal ones.
 * The library that plays the language model sends OpenAI's as numbers, where n8n expects them in Base64.
 */
export class Embeddings {
	/** Requests that it was sent. */
	count = 0;
	private lastAnswered = Number.POSITIVE_INFINITY;
	private server!: LocalServer;

	static async start(): Promise<Embeddings> {
		const embeddings = new Embeddings();
		const server = createServer((request, response) => void embeddings.respond(request, response));
		embeddings.server = await listenLocally(server);
		return embeddings;
	}

	async stop(): Promise<void> {
		await this.server.close();
	}

	/** Content of n8n's credential for OpenAI. */
	get openAi() {
		return { apiKey: 'sk-of-the-tests', url: `${this.server.url}/v1` };
	}

	/** Content of n8n's credential for Ollama. */
	get ollama() {
		return { baseUrl: this.server.url };
	}

	/** Answers one more request, and none after that until {@link goOn}. */
	hangAfterNext(): void {
		this.lastAnswered = this.count + 1;
	}

	goOn(): void {
		this.lastAnswered = Number.POSITIVE_INFINITY;
	}

	private async respond(request: IncomingMessage, response: ServerResponse) {
		this.count += 1;
		if (this.count > this.lastAnswered) return;
		const { input } = (await json(request)) as Request;
		const vectors = [input].flat().map(vectorOf);
		const isOllama = request.url === '/api/embed';
		response.setHeader('Content-Type', 'application/json');
		response.end(JSON.stringify(isOllama ? { embeddings: vectors } : { data: vectors.map(inBase64) }));
	}
}

/** Numbers that depend on each letter of the text. */
function vectorOf(text: string): number[] {
	return [...createHash('sha256').update(text).digest()].map((byte) => byte / 255);
}

function inBase64(vector: number[], index: number) {
	return { index, embedding: Buffer.from(new Float32Array(vector).buffer).toString('base64') };
}
