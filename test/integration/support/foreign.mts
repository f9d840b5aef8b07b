import type { Simulator } from '../../simulator/index.mts';

/** Registers a webhook at the site by hand, as another program would. */
export async function register(
	site: Simulator,
	url: string,
	authorization = 'Bearer of-another-program',
): Promise<void> {
	const answer = await fetch(`${site.url}/@api/deki/webhooks`, {
		method: 'POST',
		headers: {
			Authorization: `Bearer ${site.jwt}`,
			'Content-Type': 'application/xml; charset=utf-8',
		},
		body: `<webhook><webhook-url>${url}</webhook-url><authorization-header>${authorization}</authorization-header></webhook>`,
	});
	if (answer.status !== 201) throw new Error(`the site answered ${answer.status}`);
}

/** Adds or removes one event of a webhook, or changes the webhook itself, by hand. */
export async function change(
	site: Simulator,
	method: 'PUT' | 'DELETE',
	path: string,
	body?: string,
): Promise<void> {
	const answer = await fetch(`${site.url}/@api/deki/webhooks/${path}`, {
		method,
		headers: {
			Authorization: `Bearer ${site.jwt}`,
			'Content-Type': 'application/xml; charset=utf-8',
		},
		...(body === undefined ? {} : { body }),
	});
	if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
}
