import { send } from '../http.mts';
import type { Simulator } from '../simulator/index.mts';

/** Registers a webhook at the site as another program would. */
export function register(
	site: Simulator,
	url: string,
	authorization = 'Bearer of-another-program',
): void {
	site.addWebhook(url, authorization);
}

/** Adds or removes one event of a webhook, or changes the webhook itself, by hand. */
export async function change(
	site: Simulator,
	method: 'PUT' | 'DELETE',
	path: string,
	body?: string,
): Promise<void> {
	const { status } = await send(`${site.url}/@api/deki/webhooks/${path}`, {
		...{ method, body },
		headers: {
			Authorization: `Bearer ${site.longTermToken}`,
			'Content-Type': 'application/xml; charset=utf-8',
		},
	});
	if (status !== 200) throw new Error(`the site responded ${status}`);
}
