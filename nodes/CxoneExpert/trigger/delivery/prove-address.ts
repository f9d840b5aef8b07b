import { addressProof } from '../../shared/delivery-authorization';
import { DELIVERY_HEADERS } from '../../shared/delivery-headers';
import { TEST_EVENT_TYPE } from '../../shared/test-delivery';
import { credentialForRejection } from '../../n8n/credential-cache';
import type { DeliveryContext } from './context';

/**
 * The proof that this trigger serves its address, for whoever asks (see `PROOF_HEADER`); `undefined` when
 * nobody does. Anybody may ask: what they get is good for nothing but to find this trigger here.
 *
 * It is always about the address that n8n serves, never about a stored one, which others can write.
 */
export async function askedProof(context: DeliveryContext): Promise<string | undefined> {
	const { n8n, request, webhookUrl, arrivedAt } = context;
	const { authorization, ...headers } = request.headers;
	const challenge = headers[DELIVERY_HEADERS.deliveryId];
	const isQuestion =
		headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE &&
		authorization === undefined &&
		headers[DELIVERY_HEADERS.signature] === undefined;
	if (!isQuestion || typeof challenge !== 'string') return undefined;
	return addressProof(await credentialForRejection(arrivedAt, n8n), webhookUrl, challenge);
}
