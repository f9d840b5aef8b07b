import { Webhook } from 'standardwebhooks';
import type { Verifier } from './index.mts';

export const standardWebhooks: Verifier = {
	name: 'standardwebhooks',
	prepare: (secret, body) => {
		const webhook = new Webhook(secret, { format: 'raw' });
		const now = new Date();
		const headers = {
			'webhook-id': 'msg_1',
			'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
			'webhook-signature': webhook.sign('msg_1', now, body),
		};
		return () => void webhook.verify(body, headers, { jsonParse: false });
	},
};
