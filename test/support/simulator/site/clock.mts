import type { Settings } from '../settings.mts';

/**
 * The time by the site's own clock, which `clockSkewMs` puts ahead or behind. All times that the
 * site writes come from here: dates of pages and webhooks, events, deliveries, `Date` of responses.
 */
export function siteNow({ clockSkewMs }: Pick<Settings, 'clockSkewMs'>): Date {
	return new Date(Date.now() + clockSkewMs);
}
