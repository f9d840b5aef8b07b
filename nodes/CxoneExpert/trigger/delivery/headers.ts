import { success } from '../../api/result';
import { DELIVERY_HEADERS, type Headers } from '../../shared/delivery-headers';
import { readSignatures } from '../../shared/signature';
import type { TriggerParameters } from '../parameters';
import { rejected, type Verified } from './rejection';
import { isOutsideWindow, readTimestamp } from './timestamp';

/** What the headers say of a delivery, parsed once. */
export interface DeliveryHeaders {
	deliveryId: string;
	/** The literal text that was signed; empty when signatures are not verified. */
	timestamp: string;
	/** Unix ms; absent when signatures are not verified. */
	signedAt?: number;
	signatures: Buffer[];
	/** Only a known delivery may pass then, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** Reads the headers of a delivery whose token is right. */
export function parseHeaders(
	headers: Headers,
	parameters: Pick<TriggerParameters, 'verifySignature' | 'maxDeliveryAgeSeconds'>,
	now: number,
): Verified<DeliveryHeaders> {
	const deliveryId = header(headers, DELIVERY_HEADERS.deliveryId);
	if (deliveryId === '') return rejected('delivery id missing');
	// A UUID by the vendor's guide (docs/vendor-facts.md#delivery-id). Other visible text is
	// accepted: a rejection is permanent.
	if (!/^[\x21-\x7e]{1,200}$/.test(deliveryId)) return rejected('delivery id malformed');
	if (!parameters.verifySignature) {
		return success({ deliveryId, timestamp: '', signatures: [], isOutsideWindow: false });
	}
	const timestamp = header(headers, DELIVERY_HEADERS.timestamp);
	const signedAt = readTimestamp(timestamp);
	if (timestamp === '') return rejected('timestamp missing');
	if (signedAt === undefined) return rejected('timestamp malformed');
	const signature = header(headers, DELIVERY_HEADERS.signature);
	const signatures = readSignatures(signature);
	if (signature === '') return rejected('signature missing');
	if (signatures.length === 0) return rejected('signature malformed');
	const isOutside = isOutsideWindow(signedAt, now, parameters.maxDeliveryAgeSeconds);
	return success({ deliveryId, timestamp, signedAt, signatures, isOutsideWindow: isOutside });
}

function header(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
}
