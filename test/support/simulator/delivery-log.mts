import { quantile } from 'simple-statistics';
import type { IncomingHttpHeaders } from 'node:http';
import { stringify } from 'csv-stringify/sync';

/** One attempt: see docs/vendor-facts.md#delivery-log. */
export interface DeliveryAttempt {
	/** ISO 8601 with milliseconds: start of the attempt. */
	deliveryTimestamp: string;
	/** Null when there was no response. */
	statusCode: number | null;
	responseTimeMs: number;
	/** Empty when the attempt succeeded. */
	failureReason: string;
	/** 0 for the first attempt. */
	retryAttempt: number;
	deliveryId: string;
	webhookId: number;
	/** Header form. */
	eventType: string;
	eventId: string;
	/** Text of X-Nexus-Timestamp. */
	timestamp: string;
	/** Value of X-Nexus-Signature-256. */
	signature: string;
	responseBody: string;
	responseHeaders: IncomingHttpHeaders;
}

export interface Notification {
	at: Date;
	webhookId: number;
	url: string;
	consecutiveFailures: number;
	message: string;
}

/**
 * The Dashboard's download: all attempts, or those that failed. See
 * docs/vendor-facts.md#delivery-log.
 */
export function logCsv(
	log: readonly DeliveryAttempt[],
	headers: string[],
	only: 'all' | 'failures' = 'all',
): string {
	const rows = only === 'all' ? log : log.filter((row) => row.failureReason !== '');
	const cells = rows.map((row) => [
		row.deliveryTimestamp,
		row.statusCode ?? '',
		row.responseTimeMs,
		row.failureReason,
		row.retryAttempt,
		row.deliveryId,
		row.webhookId,
		row.eventType,
	]);
	return stringify([headers, ...cells]);
}

export interface DeliveryFigures {
	attempts: number;
	failed: number;
	failureRate: number;
	p50Ms: number;
	p95Ms: number;
}

/** Failure rate and response times of one webhook (G-10c). */
export function figuresOf(log: readonly DeliveryAttempt[], webhookId: number): DeliveryFigures {
	const rows = log.filter((row) => row.webhookId === webhookId);
	const failed = rows.filter((row) => row.failureReason !== '').length;
	const times = rows.map((row) => row.responseTimeMs);
	const [p50Ms, p95Ms] = times.length === 0 ? [0, 0] : quantile(times, [0.5, 0.95]);
	return {
		attempts: rows.length,
		failed,
		failureRate: rows.length === 0 ? 0 : failed / rows.length,
		p50Ms: p50Ms!,
		p95Ms: p95Ms!,
	};
}
