import { HOUR_MS } from '../../durations';

/** Decides when to enable a webhook that Expert keeps disabling. Times are ms of the monotonic clock. */
export interface BackOff {
	enabledAt: number;
	/** Number of pauses since it was last enabled without one. */
	pauses: number;
	pausedUntil?: number;
}

const PAUSES_MS = [HOUR_MS / 4, HOUR_MS / 2, HOUR_MS] as const;

/**
 * Whether a webhook that Expert has disabled stays disabled for now.
 *
 * We enable it immediately the first time. If Expert disables it again within an hour, n8n does not keep up, and
 * enabling it would only bring more deliveries; so we wait, longer each time, until an hour passes without trouble.
 *
 * @param backOff is updated
 */
export function isPaused(backOff: BackOff, now: number): boolean {
	const { enabledAt, pauses, pausedUntil } = backOff;
	if (pausedUntil !== undefined) return now < pausedUntil;
	const isFirst = now - enabledAt >= HOUR_MS;
	backOff.pauses = isFirst ? 0 : pauses + 1;
	if (!isFirst) backOff.pausedUntil = now + PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)]!;
	return !isFirst;
}
