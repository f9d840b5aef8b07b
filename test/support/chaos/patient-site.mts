import { type Settings, vendorGuess } from '../simulator/index.mts';

/**
 * A site that delivers by the vendor's rules, with more patience than we guess the vendor to have:
 * n8n is away for seconds when it is killed and started again, and a delivery can meet several such
 * outages in a row. With the guessed five retries the site itself would give some up, and the tenth
 * failed attempt in a row would disable the webhook; neither says anything about what n8n and the
 * node do with a delivery.
 */
export const patientSite: Settings = {
	...vendorGuess,
	allowHttpUrls: true,
	retries: 20,
	maxBackoffMs: 16_000,
	autoDisableAfter: Number.POSITIVE_INFINITY,
};

/** The same with short pauses between retries, so that tests need not wait for the site. */
export const quickPatientSite: Settings = {
	...patientSite,
	retries: 300,
	firstBackoffMs: 200,
	maxBackoffMs: 1_000,
};
