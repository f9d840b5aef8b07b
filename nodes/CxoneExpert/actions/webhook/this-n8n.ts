import { normalizedUrl } from '../../shared/webhook-url';
import { refuseInput } from '../core/input-problem';
import type { OperationContext } from '../core/operation-context';
import { rawField } from '../input/fields';

/** For {@link addressOfOurs}. */
export const webhookUrl = rawField({
	displayName: 'Webhook URL',
	name: 'webhookUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/',
	description:
		'The address of the webhooks that belong to this n8n, or how it begins. When empty, the value of WEBHOOK_URL followed by "webhook/" is used. Enter it if your n8n has a different one.',
});

/**
 * Where this n8n receives its production webhooks, e.g. `https://n8n.example.com/webhook/`.
 *
 * n8n gives this address to triggers only. `$execution.resumeUrl` is WEBHOOK_URL, `webhook-waiting/` and
 * the id of the execution (the same in n8n 2.8 and 2.41, with every expression engine). n8n's "instance
 * base URL" is that of the editor, which can differ. The last part is n8n's default: where
 * N8N_ENDPOINT_WEBHOOK changes it, no webhook is found, and the option "Webhook URL" is needed.
 */
export function webhookAddress({ n8n, item }: OperationContext): string {
	const { $execution } = n8n.getWorkflowDataProxy(item) as {
		$execution?: { resumeUrl?: unknown };
	};
	const resumeUrl = String($execution?.resumeUrl ?? '');
	if (!URL.canParse(resumeUrl)) {
		return refuseInput({
			message: 'n8n does not say at which address it receives webhooks',
			description:
				'Set the environment variable WEBHOOK_URL for all processes of n8n and restart them.',
		});
	}
	return new URL('../webhook/', resumeUrl.replace(/[?#].*$/s, '')).href;
}

/** The address of our webhooks: the option "Webhook URL", or the address of this n8n. */
export function addressOfOurs(run: OperationContext, entered: unknown): string {
	const text = typeof entered === 'string' ? entered.trim() : '';
	if (text === '') return webhookAddress(run);
	if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
	return refuseInput({
		message: `"${text.slice(0, 100)}" is not a web address`,
		description:
			'Under Options > Webhook URL, enter the full address or how it begins, such as https://n8n.example.com/webhook/.',
	});
}

/**
 * The part of a webhook's URL that a request goes to, when that leads to this n8n; refuses otherwise.
 * An entered address can only say where below the host of this n8n its webhooks are.
 */
export function urlHere(run: OperationContext, url: string, entered: unknown): string {
	const address = addressOfOurs(run, entered);
	const { origin } = new URL(webhookAddress(run));
	if (beginsWith(url, address) && beginsWith(url, origin)) {
		const { pathname, search } = new URL(url);
		return `${origin}${pathname}${search}`;
	}
	return refuseInput({
		message: 'This webhook does not lead to this n8n',
		description: `Nothing was sent to ${url.slice(0, 200)}: this n8n receives webhooks below ${webhookAddress(run)}. Choose another webhook. If your n8n has another path for webhooks, enter the address with it under Options > Webhook URL.`,
	});
}

/** Whether a URL is this address or lies below it: `…/hook` is not below `…/hoo`. */
export function beginsWith(url: string, address: string): boolean {
	const whole = normalizedUrl(url);
	const start = normalizedUrl(address);
	return whole === start || whole.startsWith(start.endsWith('/') ? start : `${start}/`);
}
