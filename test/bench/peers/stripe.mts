import Stripe from 'stripe';
import type { Verifier } from './index.mts';

/** What `constructEvent` does before it parses the body as JSON: the scheme nearest to Expert's. */
export const stripe: Verifier = {
	name: 'stripe',
	prepare: (secret, body) => {
		const payload = body.toString();
		const header = Stripe.webhooks.generateTestHeaderString({ payload, secret });
		return () => void Stripe.webhooks.signature!.verifyHeader(body, header, secret, 300);
	},
};
