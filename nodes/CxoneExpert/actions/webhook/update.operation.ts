import { listWebhooks, type Webhook } from '../../api/webhooks';
import { hasOwnDeliveryToken } from '../../protocol/token';
import type { UserMessage } from '../../api/expert-error';
import { updateKeepingEvents } from '../../api/webhook-sync';
import { canExpertCall, isSameUrl } from '../../api/webhook-url';
import { collectionField, refuse, requiredChoiceField, textField, type ValueOf } from '../field';
import { defineOperation, type OperationContext } from '../operation';
import type { ExpertSite } from '../site';
import { changeWebhook, findWebhook } from './calls';
import { webhook } from './fields';
import { askForTrigger } from './test-delivery/send';
import { beginsWith, expectedAuthorization, webhookAddress } from './this-n8n';

const updateFields = collectionField(
	{ displayName: 'Update Fields', name: 'updateFields', placeholder: 'Add field' },
	{
		authorization: requiredChoiceField({
			displayName: 'Authorization',
			name: 'authorization',
			type: 'options',
			options: [
				{
					name: 'Keep',
					value: 'keep',
					description: 'Expert sends the same value as before, unless you change the URL',
				},
				{
					name: 'Renew',
					value: 'renew',
					description: 'Expert sends what a trigger with the credential of this node expects',
				},
			],
			default: 'keep',
			description:
				'The Authorization value that Expert sends. What the trigger expects is the Delivery Token of the credential, or the value derived from it for the URL. If you change the URL, the value is always renewed.',
		}),
		url: textField({
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://n8n.example.com/webhook/…/webhook',
			description: 'The new URL to which Expert delivers',
		}),
	},
);

/** PUT /webhooks/{id} with another URL or Authorization value; its state and its events stay. */
export const updateWebhook = defineOperation({
	value: 'update',
	name: 'Update',
	action: 'Update webhook',
	description: 'Change the URL of a webhook, or renew its Authorization value',
	fields: { webhook, updateFields },
	async run(run, fields) {
		const { site } = run;
		const changes = checkedChanges(fields.updateFields, site.origin);
		const before = await findWebhook(site, fields.webhook);
		const url = changes.url || before.url;
		const isMoved = !isSameUrl(url, before.url);
		if (isMoved) await refuseTwins(site, before, url);
		const authorization =
			isMoved || isRenewed(changes) ? await authorizationFor(run, url) : before.authorization;
		const wanted = { ...before, url, authorization };
		return await changeWebhook(before, {
			isDone: (webhook) => isSameUrl(webhook.url, url) && webhook.authorization === authorization,
			make: async () => await updateKeepingEvents(site, before.id, wanted),
			notDone: () => NOT_CHANGED,
		});
	},
});

type Changes = ValueOf<typeof updateFields>;

function isRenewed({ authorization }: Changes): boolean {
	return authorization === 'renew';
}

/** What a trigger at this address expects. What all of them share goes only where one of them is. */
async function authorizationFor(run: OperationContext, url: string): Promise<string> {
	const { site, n8n } = run;
	const authorization = expectedAuthorization(site, url);
	if (!hasOwnDeliveryToken(site.credential)) return authorization;
	const isHere = beginsWith(url, new URL(webhookAddress(run)).origin);
	const isProven = isHere && (await askForTrigger(n8n, url, site.credential)).isProven;
	return isProven ? authorization : refuse(NO_TRIGGER);
}

const NO_TRIGGER: UserMessage = {
	message: 'n8n found no trigger with this credential at this URL',
	description:
		'Nothing was changed. The credential has a Delivery Token, and n8n registers it only for its own triggers. Publish the workflow of the trigger: that registers URL and token. If it is published, Webhook > Send Test Delivery says what is in the way.',
};

/** As when publishing. */
function checkedChanges(changes: Changes, site = ''): Changes {
	const { url } = changes;
	if (url === '') return isRenewed(changes) ? changes : refuse(NOTHING_TO_CHANGE);
	if (isPlainAddress(url) && canExpertCall(new URL(url).href, site)) return changes;
	return refuse({
		message: `Expert cannot deliver to "${url.slice(0, 100)}"`,
		description: 'Enter a full https address that Expert can reach, without user and password.',
	});
}

function isPlainAddress(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, username, password } = new URL(url);
	return ['https:', 'http:'].includes(protocol) && username === '' && password === '';
}

const NOTHING_TO_CHANGE: UserMessage = {
	message: 'No change is entered',
	description: 'Under Update Fields, add a URL, or set Authorization to Renew.',
};

/** Two webhooks with one address would deliver each event twice. */
async function refuseTwins(site: ExpertSite, { id }: Webhook, url: string): Promise<void> {
	const matches = (other: Webhook) => other.id !== id && isSameUrl(other.url, url);
	const [twin] = await listWebhooks(site, { matches });
	if (twin === undefined) return;
	refuse({
		message: `Webhook ${twin.id} already delivers to this URL`,
		description: 'With two of them, each event would arrive twice. Delete one of them.',
	});
}

const NOT_CHANGED: UserMessage = {
	message: 'Expert reported success, but the webhook does not have the requested values',
	description: 'Try again, or change it in the Dashboard.',
};
