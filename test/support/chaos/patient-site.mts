import { type Settings, vendorGuess } from '../simulator/index.mts';

/**
 * A site that delivers by the vendor's rules, with more patience than we guess the vendor to have:
 * after a SIGKILL n8n is away for about 17 s (it pauses for 10 s when it finds that it has crashed),
 * and a delivery can meet several such outages in a row. With the guessed five retries the site
 * itself would give some up, and the tenth failed attempt in a row would switch the webhook off;
 * neither says anything about what n8n and the node do with a delivery.
 */
export const patientSite: Settings = {
	...vendorGuess,
	allowHttpUrls: true,
	retries: 20,
	maxBackoffMs: 16_000,
	autoDisableAfter: Number.POSITIVE_INFINITY,
};
