import type { Simulator } from '../simulator/index.mts';

/** Registers a webhook at the site as another program would. */
export function register(site: Simulator, url: string, authorization = 'Bearer of-another-program'): void {
	site.addWebhook(url, authorization);
}

/** Adds or removes one event of a webhook, or changes the webhook itself, by hand. */
export async function change(site: Simulator, method: 'PUT' | 'DELETE', path: string, body?: string): Promise<void> {
	const { status } = await site.ask(method, `/webhooks/${path}`, body);
	if (status !== 200) throw new Error(`the site responded ${status}`);
}
