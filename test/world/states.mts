import { SMALL_MEMORY } from './process.mts';
import type { World } from './world.mts';

/* What a world has reached, for a search that prefers the new. */

type Attempt = World['site']['deliveries'][number] & { at: number; index: number };

/** The site's counts of failures at two checks and what was between them, and the responses to each event. */
export function statesOf({ model: { checks }, site: { deliveries } }: World): string[] {
	const attempts = deliveries.map((attempt, index) => ({
		...{ ...attempt, index },
		at: Date.parse(attempt.deliveryTimestamp),
	}));
	const events = [...Map.groupBy(attempts, ({ eventId }) => eventId).values()];
	const ends = events.map((all) => all.at(-1)!);
	const counts = checks.slice(1).map(({ at, count }, index) => {
		const before = checks[index]!;
		const isBetween = (attempt: Attempt) => before.at < attempt.at && attempt.at < at;
		const isSuccess = attempts.some((each) => isBetween(each) && each.failureReason === '');
		const lost = ends.filter((each) => isBetween(each) && each.failureReason !== '');
		const types = [...new Set(lost.map(({ eventType }) => eventType))].sort();
		return `count ${before.count}, ${isSuccess ? 'a success' : '-'}, lost ${types.join()}, ${count}`;
	});
	return [...new Set([...counts, ...events.map(responsesTo)])];
}

function responsesTo(attempts: Attempt[]): string {
	const responses = attempts.map(({ statusCode, index }, nth) => {
		const since = index - (attempts[nth - 1]?.index ?? index);
		// The small memory knows it no more.
		return `${since > SMALL_MEMORY ? '… ' : ''}${statusCode}`;
	});
	return responses.filter((response, nth) => response !== responses[nth - 1]).join(', ');
}
