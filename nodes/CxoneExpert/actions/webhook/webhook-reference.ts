import { failed, type Result, success } from '../../api/result';
import type { UserMessage } from '../../shared/failure-messages';
import type { Webhook } from '../../api/webhooks';
import { isSameUrl } from '../../shared/webhook-url';
import { locatorValue } from '../input/named-thing';

/** Which webhook of the site is meant; `id` where it is named by that. */
export interface WebhookReference {
	id?: string;
	matches: (webhook: Webhook) => boolean;
}

/**
 * The webhook that a resource locator names: by number or address, or as an item of this node.
 *
 * @param value `{ mode, value }` of n8n's resource locator, or what an expression gave in its place
 */
export function webhookReference(value: unknown): Result<WebhookReference, UserMessage> {
	const { mode, text } = locatorValue(value, 'webhook');
	if (text === '') return failed(NO_NAME);
	if (/^https?:\/\//i.test(text)) {
		return success({ matches: ({ url }) => isSameUrl(url, text) });
	}
	if (mode !== 'url' && /^\d+$/.test(text)) {
		return success({ id: text, matches: ({ id }) => id === text });
	}
	return failed(mode === 'url' ? noUrl(text) : noId(text));
}

const NO_NAME: UserMessage = {
	message: 'No webhook is named',
	description:
		'Choose a webhook, or enter its ID or URL. If the field holds an expression such as {{ $json.id }}, the incoming item may not have what it points at.',
};

function noId(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not the ID of a webhook`,
		description: 'An ID is a number, such as 42. To name the webhook by its URL, choose "By URL".',
	};
}

function noUrl(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not a web address`,
		description:
			'Enter the whole URL of the webhook, beginning with https://. To name it by its ID, choose "By ID".',
	};
}
