import { type ChatCompletionRequest, type ChatMessage, LLMock } from '@copilotkit/aimock';
import { present } from '../present.mts';

/**
 * Stands in for a language model, by the protocol of OpenAI: it searches, reads the best page, and answers with
 * what it has read, as its instructions say. Without tools it writes an article from the passages that it gets. All that it knows is what n8n sends.
 */
export class LanguageModel {
	private readonly server: LLMock;

	private constructor(server: LLMock) {
		this.server = server;
	}

	static async start(): Promise<LanguageModel> {
		const server = new LLMock({ host: '127.0.0.1', port: 0 });
		server.on({}, next);
		await server.start();
		return new LanguageModel(server);
	}

	async stop(): Promise<void> {
		await this.server.stop();
	}

	/** Content of n8n's credential for it. */
	get credential() {
		return { apiKey: 'sk-of-the-tests', url: `${this.server.url}/v1` };
	}

	/** What n8n has sent, oldest first. */
	get requests(): ChatCompletionRequest[] {
		return this.server.getRequests().map(({ body }) => body as ChatCompletionRequest);
	}
}

function next({ messages, tools = [] }: ChatCompletionRequest) {
	const last = present(messages.at(-1), 'a message');
	if (tools.length === 0) return { content: articleFrom(textOf(last)) };
	if (last.role !== 'tool') return called('search', { question: textOf(last) });
	const [first = {}] = foundIn(last);
	if (first.markdown !== undefined) return { content: answerFrom(first) };
	if (first.page !== undefined) return called('fetch', { page: first.page.url });
	return { content: DONT_KNOW };
}

export const DONT_KNOW = "I don't know: the knowledge base has no answer to this.";

/** A title and the best of the passages that it was sent, as the instructions for an article ask. */
function articleFrom(sent: string): string {
	const [, words] = /^Readers searched for: (.*)$/m.exec(sent) ?? [];
	const passages = JSON.parse(sent.slice(sent.indexOf('[{'))) as Array<{ text?: string }>;
	return `About ${words}\n\n${passages[0]?.text ?? 'To be added: all of it.'}`;
}

function called(name: string, input: object) {
	return { toolCalls: [{ name, arguments: JSON.stringify(input) }] };
}

function answerFrom({ markdown, page }: Found): string {
	return `${markdown}\n\nSources:\n- [${page?.title}](${page?.url})`;
}

interface Found {
	markdown?: string;
	page?: { title: string; url: string };
}

/** The items that a tool has returned. */
function foundIn(result: ChatMessage): Found[] {
	const items = JSON.parse(textOf(result)) as Array<Found & { response?: Found[] }>;
	return items[0]?.response ?? items;
}

function textOf({ content }: ChatMessage): string {
	if (typeof content === 'string') return content;
	return (content ?? []).map(({ text = '' }) => text).join('');
}
