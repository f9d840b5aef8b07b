import { median } from 'simple-statistics';
import { startSimulator, vendorGuess } from '../../support/simulator/index.mts';
import { longestFailure } from '../failures.mts';
import type { Stage, Subject, Subjects } from './stage.mts';
import type { SubjectName } from './workflows.mts';

/** So many events at once, of which the site has so many deliveries under way. */
export interface Flood {
	events: number;
	concurrency: number;
}

/** Events and deliveries under way, as `200x20`. */
export function floodsOf(text: string): Flood[] {
	return text.split(',').map((size) => {
		const [events, concurrency] = size.split('x').map(Number);
		if (!events || !concurrency) throw new Error(`"${size}" is no size of a flood such as 200x20`);
		return { events, concurrency };
	});
}

/**
 * What share of a flood gets its response within the second that Expert allows. Each delivery is sent
 * once, and the site never gives up, so that all are counted; whether Expert would have disabled
 * the webhook follows from the failures in a row.
 */
export async function respondedInTime(
	stage: Stage,
	subjects: Subjects,
	flood: Flood,
	workflows: readonly SubjectName[],
) {
	const rows = [];
	for (const workflow of workflows) {
		rows.push({ workflow, ...flood, ...(await pour(subjects[workflow], flood)) });
		await stage.whenIdle(subjects[workflow]);
	}
	return rows;
}

async function pour({ url, authorization, secret }: Subject, { events, concurrency }: Flood) {
	const site = await startSimulator({
		...vendorGuess,
		allowHttpUrls: true,
		signingSecret: secret,
		retries: 0,
		autoDisableAfter: Number.MAX_SAFE_INTEGER,
		concurrencyPerWebhook: concurrency,
	});
	try {
		site.addWebhook(url, authorization);
		for (let event = 0; event < events; event++) site.emit('page_create', { toAll: true });
		await site.idle({ timeoutMs: 600_000 });
		const inTime = site.deliveries.filter(({ failureReason }) => failureReason === '');
		const late = site.deliveries.filter(({ statusCode }) => statusCode === null);
		const failuresInARow = longestFailure(site.deliveries);
		return {
			inTime: inTime.length,
			toldToRetry: site.deliveries.filter(({ statusCode }) => statusCode === 503).length,
			noResponse: late.length,
			medianMs:
				inTime.length === 0 ? NaN : median(inTime.map(({ responseTimeMs }) => responseTimeMs)),
			failuresInARow,
			disabled: failuresInARow >= vendorGuess.autoDisableAfter,
		};
	} finally {
		await site.close();
	}
}
