import { normalizedUrl, urlWithoutSecrets } from '../../api/webhook-url';
import { webhookEndpoint } from '../../n8n/resume-url';
import { requiredAuthorization } from '../../protocol/token';
import { rawField, refuse } from '../../parameters/field';
import { isWebAddress } from '../../parameters/locator';
import type { OperationContext } from '../core/operation';
import type { ExpertSite } from '../../api/expert-site';

export const webhookUrl = rawField({
	displayName: 'Webhook URL',
	name: 'webhookUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/',
	description:
		'The address of the webhooks that belong to this n8n, or how it begins. When empty, the value of WEBHOOK_URL followed by "webhook/" is used. Enter it if your n8n has a different one.',
});

/** Base address of this n8n's production webhooks. */
export function webhookAddress({ n8n, item }: OperationContext): string {
	return (
		webhookEndpoint(n8n, item) ??
		refuse({
			message: 'n8n does not say at which address it receives webhooks',
			description:
				'Set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) for all processes of n8n and restart them.',
		})
	);
}

/** Returns the option "Webhook URL", or the address of this n8n. */
export function addressOfOurs(run: OperationContext, entered: unknown): string {
	const text = typeof entered === 'string' ? entered.trim() : '';
	if (text === '') return webhookAddress(run);
	if (isWebAddress(text) && URL.canParse(text)) return text;
	return refuse({
		message: `"${text.slice(0, 100)}" is not a web address`,
		description:
			'Under Options > Webhook URL, enter the full address or how it begins, such as https://n8n.example.com/webhook/.',
		toModel: 'Pass the full address or how it begins, such as https://n8n.example.com/webhook/.',
	});
}

/**
 * Returns the URL to send to; refuses one that does not lead to this n8n. The option only says where below this n8n's
 * host its webhooks are.
 */
export function urlHere(run: OperationContext, url: string, entered: unknown): string {
	const address = addressOfOurs(run, entered);
	const { origin } = new URL(webhookAddress(run));
	if (beginsWith(url, address) && beginsWith(url, origin)) {
		const { pathname, search } = new URL(url);
		return `${origin}${pathname}${search}`;
	}
	const nothing = `Nothing was sent to ${urlWithoutSecrets(url).slice(0, 200) || 'its address'}: this n8n receives webhooks below ${webhookAddress(run)}, or WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) is not set. Choose another webhook.`;
	return refuse({
		message: 'This webhook does not lead to this n8n',
		description: `${nothing} If your n8n has another path for webhooks, enter the address with it under Options > Webhook URL.`,
		toModel: nothing,
	});
}

/** Compares whole segments: `…/hook` is not below `…/hoo`, and neither is `…/hoo/../hook`. */
export function beginsWith(url: string, address: string): boolean {
	const whole = normalizedUrl(URL.canParse(url) ? new URL(url).href : url);
	const start = normalizedUrl(address);
	return whole === start || whole.startsWith(start.endsWith('/') ? start : `${start}/`);
}

/**
 * Returns the `Authorization` that a trigger with this credential expects at an address, and redacts it from now on.
 * Refuses a credential without one.
 */
export function expectedAuthorization(site: ExpertSite, url: string): string {
	const authorization = requiredAuthorization(site.credential, url);
	site.redactFromNowOn(authorization);
	return authorization;
}
