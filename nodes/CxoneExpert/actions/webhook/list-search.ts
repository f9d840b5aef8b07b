import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listWebhooks } from '../../api/webhooks';
import { Expert } from '../core/site';
import { need } from './site-calls';

/** The list of a "Webhook" field: all webhooks of the site, or those whose URL has the filter in it. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const expert = await Expert.connect(this);
	const words = filter?.trim().toLowerCase() ?? '';
	const matches = ({ url }: { url: string }) => url.toLowerCase().includes(words);
	const webhooks = need(expert, await listWebhooks(expert.api, { matches }));
	return {
		results: webhooks.map(({ id, url, active }) => ({
			name: `${url || `Webhook ${id}`} (${active ? 'on' : 'off'})`,
			value: id,
		})),
	};
}
