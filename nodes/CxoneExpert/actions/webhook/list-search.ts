import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listWebhooks } from '../../api/webhooks';
import { ExpertSite } from '../core/site';
import { unwrap } from './calls';

/** The list of a "Webhook" field: the webhooks of the site, filtered by URL. */
export async function searchWebhookList(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const words = filter?.trim().toLowerCase() ?? '';
	const matches = ({ url }: { url: string }) => url.toLowerCase().includes(words);
	const webhooks = unwrap(site, await listWebhooks(site.api, { matches }));
	return {
		results: webhooks.map(({ id, url, active }) => ({
			name: `${url || `Webhook ${id}`} (${active ? 'on' : 'off'})`,
			value: id,
		})),
	};
}
