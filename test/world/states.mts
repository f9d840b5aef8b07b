import { SMALL_MEMORY } from './process.mts';
import type { World } from './world.mts';

/* What a world has reached, for a search that prefers the new. */

/** The site's count of failures at two checks in a row, and the responses to each event. */
export function statesOf({ model: { checks }, site: { deliveries } }: World): string[] {
	const successes = deliveries.flatMap(({ failureReason, deliveryTimestamp }) =>
		failureReason === '' ? [Date.parse(deliveryTimestamp)] : [],
	);
	const counts = checks.slice(1).map(({ at, count }, index) => {
		const before = checks[index]!;
		const isBetween = successes.some((then) => before.at < then && then < at);
		return `count ${before.count}, ${isBetween ? 'a success, ' : ''}${count}`;
	});
	const numbered = deliveries.map((attempt, index) => ({ ...attempt, index }));
	const events = Map.groupBy(numbered, ({ eventId }) => eventId);
	const responses = [...events.values()].map((attempts) =>
		attempts
			.map(({ statusCode, index }, nth) => {
				const since = index - (attempts[nth - 1]?.index ?? index);
				// The small memory knows it no more.
				return `${since > SMALL_MEMORY ? '… ' : ''}${statusCode}`;
			})
			.filter((response, nth, all) => response !== all[nth - 1])
			.join(', '),
	);
	return [...new Set([...counts, ...responses])];
}
