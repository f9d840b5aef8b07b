import type { ApiClient } from './client';

/** A client that also notes the time at the site. */
export interface ClockedApi {
	api: ApiClient;
	/** ISO 8601; `undefined` until a response had a `Date` header. */
	siteTime(): string | undefined;
}

/**
 * Notes the time of the site's own clock from the first successful response: what happens at the site
 * after it is later by the same clock, however wrong the clock of n8n is.
 */
export function withServerTime(api: ApiClient): ClockedApi {
	let time: string | undefined;
	return {
		api: {
			get mayHaveWritten() {
				return api.mayHaveWritten;
			},
			async call(call) {
				const result = await api.call(call);
				if (result.ok) time ??= isoTime(result.value.headers.date);
				return result;
			},
		},
		siteTime: () => time,
	};
}

function isoTime(header: unknown): string | undefined {
	const time = typeof header === 'string' ? Date.parse(header) : NaN;
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
