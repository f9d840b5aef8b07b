import { createHmac } from 'node:crypto';
import type { Verifier } from './index.mts';

/** As in the vendor's guide: the body becomes text, and the signatures are compared with `===`. */
export const vendorSample: Verifier = {
	name: "the vendor's sample",
	prepare: (secret, body) => {
		const timestamp = '1769792386';
		const sign = (payload: string) =>
			`sha256=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`;
		const header = sign(body.toString());
		return () => {
			if (sign(body.toString()) !== header) throw new Error('wrong signature');
		};
	},
};
