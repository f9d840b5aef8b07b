import type { INodeProperties } from 'n8n-workflow';

import { listWebhooks, type Webhook } from '../../api/webhooks';
import { locatorField } from '../input/fields';
import type { OperationContext } from '../core/operation-context';
import { unwrap, NO_WEBHOOK, readWebhook } from './site-calls';
import { webhookReference } from './webhook-reference';

/** A webhook by list, number or address: see `webhook-reference.ts`. */
export function webhookField(changes: Partial<INodeProperties> = {}): INodeProperties {
	const field = locatorField('searchWebhooks', {
		displayName: 'Webhook',
		name: 'webhook',
		default: { mode: 'list', value: '' },
		description: 'The webhook at the Expert site',
		modes: [
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://n8n.example.com/webhook/…/webhook',
			},
		],
	});
	return { ...field, ...changes };
}

export const webhook = webhookField();

/** Which webhooks the field "Webhook" means: one, or all that share an address. */
export function isNamed(run: OperationContext): (webhook: Webhook) => boolean {
	const reference = webhookReference(run.parameter('webhook'));
	return reference.ok ? reference.value.matches : run.site.refuse(reference.failure);
}

/** The webhook that the field "Webhook" names, or words about what to enter instead. */
export async function namedWebhook(run: OperationContext): Promise<Webhook> {
	const reference = webhookReference(run.parameter('webhook'));
	if (!reference.ok) return run.site.refuse(reference.failure);
	const id = reference.value.id ?? (await idByUrl(run, reference.value.matches));
	return (await readWebhook(run.site, id)) ?? run.site.refuse(NO_WEBHOOK);
}

async function idByUrl(
	{ site }: OperationContext,
	matches: (webhook: Webhook) => boolean,
): Promise<string> {
	const [found, ...others] = unwrap(site, await listWebhooks(site.api, { matches }));
	if (found === undefined) return site.refuse(NOT_BY_URL);
	if (others.length === 0) return found.id;
	const ids = [found, ...others].map(({ id }) => id).join(', ');
	return site.refuse({
		message: `Expert has more than one webhook with this URL (IDs ${ids})`,
		description: 'Choose one of them by its ID.',
	});
}

const NOT_BY_URL = {
	message: 'Expert has no webhook with this URL',
	description:
		'Check the URL, also whether it begins with the right host. Webhook > Get Many shows all webhooks of the site.',
};
