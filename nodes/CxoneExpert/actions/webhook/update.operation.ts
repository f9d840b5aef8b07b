import type { INodeProperties } from 'n8n-workflow';

import { isLoopback } from '../../api/site-url';
import { listWebhooks, type Webhook } from '../../api/webhooks';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { updateKeepingEvents } from '../../shared/update-webhook';
import { isSameUrl } from '../../shared/webhook-url';
import { type Operation, outputs } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { unwrap } from './site-calls';
import { namedWebhook, webhook } from './webhook-field';
import { webhookItem } from './webhook-item';

const updateFields: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: [
		{
			displayName: 'Renew Authorization',
			name: 'renewAuthorization',
			type: 'boolean',
			default: true,
			description:
				'Whether to have Expert send the Authorization value that the trigger expects: the Delivery Token of the credential, or what is made from it for the URL',
		},
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://n8n.example.com/webhook/…/webhook',
			description: 'The URL to which Expert delivers from now on',
		},
	],
};

/** PUT /webhooks/{id} with another URL or Authorization value; on or off and the events stay. */
export const updateWebhookOperation: Operation = {
	value: 'update',
	name: 'Update',
	action: 'Update a webhook',
	description: 'Change the URL of a webhook, or renew what Expert sends as Authorization',
	fields: [webhook, updateFields],
	async run(run) {
		const { site } = run;
		const fields = enteredFields(run);
		const before = await namedWebhook(run);
		const url = fields.url ?? before.url;
		const authorization = fields.renews ? expectedAuthorization(run, url) : before.authorization;
		if (!isSameUrl(url, before.url)) await refuseTwins(run, before, url);
		const wanted = { ...before, url, authorization };
		const after = unwrap(site, await updateKeepingEvents(site.api, before.id, wanted));
		const isDone = isSameUrl(after.url, url) && after.authorization === authorization;
		return isDone ? outputs([webhookItem(after)]) : site.refuse(NOT_CHANGED);
	},
};

function enteredFields(run: OperationContext): { url?: string; renews: boolean } {
	const fields = (run.parameter('updateFields') ?? {}) as Record<string, unknown>;
	const renews = fields.renewAuthorization === true;
	const url = asText(fields.url);
	if (url !== '') return { url: checkedUrl(run, url), renews };
	if (renews) return { renews };
	return run.site.refuse({
		message: 'Nothing to change is entered',
		description: 'Add a URL or "Renew Authorization" under Update Fields.',
	});
}

/** As when publishing: https, unless the site itself is on this machine. */
function checkedUrl({ site }: OperationContext, url: string): string {
	const protocol = URL.canParse(url) ? new URL(url).protocol : '';
	if (protocol === 'https:' || (protocol === 'http:' && isLoopback(site.origin ?? ''))) {
		return url;
	}
	return site.refuse({
		message: `Expert cannot deliver to "${url.slice(0, 100)}"`,
		description: 'Enter the whole https address that Expert can reach.',
	});
}

function expectedAuthorization({ site }: OperationContext, url: string): string {
	const authorization = deliveryAuthorization(site.credential, url);
	if (authorization === undefined) {
		return site.refuse({
			message: 'The credential has no token for the Expert API',
			description: 'Open the CXone Expert API credential, enter the token and run its test.',
		});
	}
	site.redactFromNowOn(authorization);
	return authorization;
}

/** Two webhooks with one address would deliver each event twice. */
async function refuseTwins(
	{ site }: OperationContext,
	{ id }: Webhook,
	url: string,
): Promise<void> {
	const matches = (other: Webhook) => other.id !== id && isSameUrl(other.url, url);
	const [twin] = unwrap(site, await listWebhooks(site.api, { matches }));
	if (twin === undefined) return;
	site.refuse({
		message: `Webhook ${twin.id} delivers to this URL already`,
		description: 'With two of them each event would come twice. Delete one of them.',
	});
}

const NOT_CHANGED = {
	message: 'Expert answered that all is well, but the webhook is not as it was asked for',
	description: 'Try again, or change it in the Dashboard.',
};
