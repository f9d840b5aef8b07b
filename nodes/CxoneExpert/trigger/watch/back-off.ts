/**
 * When a webhook is enabled again that Expert has disabled.
 *
 * The first time at once. When Expert disables it again within an hour, n8n does not keep up: enabling
 * it at once would only make Expert send more of what n8n cannot take, so the watch waits, each time for
 * longer. After an hour without it the next time is a first one. Times are ms of the monotonic clock.
 */
export interface BackOff {
	/** When it was enabled last. */
	readonly enabledAt: number;
	/** Pauses since it was enabled at once. */
	readonly pauses: number;
	/** Until when it is left disabled. */
	readonly pausedUntil?: number;
}

const MINUTE_MS = 60_000;
const OVER_AFTER_MS = 60 * MINUTE_MS;
const PAUSES_MS = [15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS] as const;

export const NEVER_ENABLED: BackOff = { enabledAt: -Infinity, pauses: 0 };

/** Expert has disabled the webhook: whether to enable it now or to wait, until when. */
export function onDisabled(backOff: BackOff, now: number): BackOff & { isPaused: boolean } {
	const { enabledAt, pauses, pausedUntil } = backOff;
	if (pausedUntil !== undefined) return { ...backOff, isPaused: now < pausedUntil };
	if (now - enabledAt >= OVER_AFTER_MS) return { ...NEVER_ENABLED, isPaused: false };
	const pauseMs = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)]!;
	return { enabledAt, pauses: pauses + 1, pausedUntil: now + pauseMs, isPaused: true };
}

/** The webhook is enabled again, by the watch or by a person. */
export function onEnabled({ pauses }: BackOff, now: number): BackOff {
	return { enabledAt: now, pauses };
}
