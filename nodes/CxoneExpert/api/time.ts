/** A time as the API takes it: in UTC, to the second. */
export function apiTime(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** A date of the site, in ms since 1970; `undefined` for anything else. */
export function siteTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
}
