import { isText, notFound, type OutsideResponse, type OutsideService } from './service.mts';

/** What a user enters in n8n's Slack credential. */
export const slackCredential = { accessToken: 'xoxb-test-token', signatureSecret: '' };

/** The channels that the bot is a member of. */
export const slackChannel = 'C0123TEST';
export const slackAlerts = 'C0456ALERTS';

/**
 * Slack's Web API: `chat.postMessage`. It says what it misses with status 200 and `ok: false`.
 * Source: https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function slack(): OutsideService {
	let messages = 0;
	return {
		host: 'slack.com',
		respond({ method, url, headers, body }) {
			if (method !== 'POST' || new URL(url).pathname !== '/api/chat.postMessage') return notFound;
			if (headers.authorization !== `Bearer ${slackCredential.accessToken}`) {
				return refusal('invalid_auth');
			}
			if (!String(headers['content-type']).startsWith('application/json')) {
				return refusal('invalid_post_type');
			}
			if (![slackChannel, slackAlerts].includes(body.channel)) return refusal('channel_not_found');
			if (!isText(body.text)) return refusal('no_text');
			const ts = `1700000000.${String(++messages).padStart(6, '0')}`;
			const message = { type: 'message', text: body.text, ts };
			return { status: 200, json: { ok: true, channel: body.channel, ts, message } };
		},
	};
}

function refusal(error: string): OutsideResponse {
	return { status: 200, json: { ok: false, error } };
}
