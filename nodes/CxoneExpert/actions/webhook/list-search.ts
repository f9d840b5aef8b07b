import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listWebhooks, type Webhook } from '../../api/webhooks';
import { ExpertSite } from '../core/site';
import { unwrap } from './calls';

/** The list of a "Webhook" field: the webhooks of the site, filtered by what the list shows, or by URL. */
export async function searchWebhookList(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const words = filter?.trim().toLowerCase() ?? '';
	const matches = (webhook: Webhook) =>
		`${entryName(webhook)} ${webhook.url}`.toLowerCase().includes(words);
	const webhooks = unwrap(site, await listWebhooks(site.api, { matches }));
	return { results: webhooks.map((webhook) => ({ name: entryName(webhook), value: webhook.id })) };
}

/** About what n8n shows of an entry behind its number and state; it cuts off the rest. */
const MAX_ADDRESS_CHARS = 42;

/** Number and state first: the list is opened to see them. */
export function entryName({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>): string {
	const name = `#${id}, ${active ? 'on' : 'off'}`;
	return url === '' ? name : `${name}: ${shortAddress(url)}`;
}

/** The end of an address, where those of one n8n differ: all its webhooks begin alike. */
function shortAddress(url: string): string {
	const address = url.replace(/^https?:\/\//i, '').replace(/(?<=\/[^/]+)\/webhook$/, '');
	if (address.length <= MAX_ADDRESS_CHARS) return address;
	const parts = address.split('/');
	let end = parts.pop()!;
	while (parts.length > 0 && `…/${parts.at(-1)}/${end}`.length <= MAX_ADDRESS_CHARS) {
		end = `${parts.pop()}/${end}`;
	}
	return `…/${end}`;
}
