import type { Advice } from '../../transport/advice';
import type { Webhook } from '../../transport/webhooks';
import { isSameUrl } from '../../trigger/subscription/differences';
import { asText } from '../run';

type Result =
	| { ok: true; id?: string; matches: (webhook: Webhook) => boolean }
	| { ok: false; advice: Advice };

/**
 * The webhook that a resource locator names: by number or address, or as an item of this node.
 *
 * @param value `{ mode, value }` of n8n's resource locator, or what an expression gave in its place
 */
export function webhookReference(value: unknown): Result {
	const { mode, value: entered } = isLocator(value) ? value : { mode: 'id', value };
	const text = asText(isItem(entered) ? entered.id : entered);
	if (text === '') return { ok: false, advice: NO_NAME };
	if (/^https?:\/\//i.test(text)) {
		return { ok: true, matches: ({ url }) => isSameUrl(url, text) };
	}
	if (mode !== 'url' && /^\d+$/.test(text)) {
		return { ok: true, id: text, matches: ({ id }) => id === text };
	}
	return { ok: false, advice: mode === 'url' ? noUrl(text) : noId(text) };
}

const NO_NAME: Advice = {
	message: 'No webhook is named',
	description:
		'Choose a webhook, or enter its ID or URL. If the field holds an expression such as {{ $json.id }}, the incoming item may not have what it points at.',
};

function noId(text: string): Advice {
	return {
		message: `"${text.slice(0, 100)}" is not the ID of a webhook`,
		description:
			'An ID is a number, such as 123. To name the webhook by its address, choose "By URL".',
	};
}

function noUrl(text: string): Advice {
	return {
		message: `"${text.slice(0, 100)}" is not a web address`,
		description:
			'Enter the whole address of the webhook, beginning with https://. To name it by its number, choose "By ID".',
	};
}

function isLocator(value: unknown): value is { mode: unknown; value: unknown } {
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
}

function isItem(value: unknown): value is { id?: unknown } {
	return typeof value === 'object' && value !== null;
}
