import {
	type ApiCall,
	ExpertClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import { textOf, writeXml, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import { rootOf } from './samples.mts';

export interface StoredWebhook {
	url: string;
	authorization: string;
	active: boolean;
	events: string[];
}

type Response = Partial<HttpResponse>;

/** What the site responds; `work` carries out the call and returns the usual response. */
type Reply = (work: () => Response) => Response;

/** The webhooks of a site in memory, and a client that calls it. */
export class WebhookSite {
	readonly webhooks = new Map<string, StoredWebhook>();
	/** Every call that was made, e.g. `GET /webhooks/1`. */
	readonly calls: string[] = [];
	readonly client = new ExpertClient(async (call) => this.respond(call), []);
	private lastId = 0;
	private readonly replies = new Map<string, Reply[]>();

	/** Stores a webhook under the next ID, which it returns. */
	add(changed: Partial<StoredWebhook> & Pick<StoredWebhook, 'url'>): string {
		const id = String(++this.lastId);
		this.webhooks.set(id, { authorization: '', active: true, events: [], ...changed });
		return id;
	}

	/** Replaces the next response to this call; more of them replace the later ones. */
	replyOnce(call: string, reply: Reply | Response): void {
		const made = typeof reply === 'function' ? reply : () => reply;
		this.replies.set(call, [...(this.replies.get(call) ?? []), made]);
	}

	/** The calls that may change something. */
	get writes(): string[] {
		return this.calls.filter((call) => !call.startsWith('GET '));
	}

	private respond(call: ApiCall): HttpResponse {
		const line = `${call.method} ${call.path}`;
		this.calls.push(line);
		const work = () => this.work(call);
		const reply = this.replies.get(line)?.shift();
		return { status: 200, headers: {}, body: '', ...(reply === undefined ? work() : reply(work)) };
	}

	private work({ method, path, query, body }: ApiCall): Response {
		const [, , id, , event] = path.split('/');
		if (id === undefined) {
			if (method === 'GET') return this.list(Number(query?.offset ?? 0));
			const sent = rootOf(String(body));
			return { status: 201, body: `<id>${this.add(settingsOf(sent))}</id>` };
		}
		const webhook = this.webhooks.get(id);
		if (webhook === undefined) return { status: 404 };
		if (event !== undefined) webhook.events = changedEvents(webhook.events, method, event);
		else if (method === 'DELETE') this.webhooks.delete(id);
		else if (method === 'PUT') Object.assign(webhook, settingsOf(rootOf(String(body))));
		else return { body: writeXml('webhook', elementOf(id, webhook)) };
		return {};
	}

	private list(offset: number): Response {
		const all = [...this.webhooks].map(([id, webhook]) => elementOf(id, webhook));
		return { body: writeXml('webhooks', { webhook: all.slice(offset) }) };
	}
}

function changedEvents(events: string[], method: string, event: string): string[] {
	const others = events.filter((each) => each !== event);
	return method === 'PUT' ? [...others, event] : others;
}

function settingsOf(sent: XmlElement): Omit<StoredWebhook, 'events'> {
	return {
		url: textOf(sent, 'webhook-url') ?? '',
		authorization: textOf(sent, 'authorization-header') ?? '',
		active: textOf(sent, 'active') !== 'false',
	};
}

function elementOf(id: string, webhook: StoredWebhook): XmlElement {
	const { url, authorization, active, events } = webhook;
	return {
		id,
		'webhook-url': url,
		'authorization-header': authorization,
		active: String(active),
		events: { event: events.map((event) => ({ 'event-type': event })) },
	};
}
