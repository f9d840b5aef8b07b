import { describe, expect, it } from 'vitest';

import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import { differences, inRounds, isUpToDate } from '../../../nodes/CxoneExpert/api/webhook-sync.ts';

it('differences are none where the site has an optional event, or has not', () => {
	const webhook: Webhook = {
		...{ id: '1', url: 'https://x', active: true, authorization: 'Bearer x' },
		...{ consecutiveFailures: 0, disabledReason: '0', element: {}, events: ['Page_Create'] },
	};
	const wanted = { ...webhook, events: ['page_create'], optionalEvents: ['draft_publish'] };
	expect(isUpToDate(differences(webhook, wanted))).toBe(true);
	const withIt = { ...webhook, events: ['Page_Create', 'Draft_Publish'] };
	expect(isUpToDate(differences(withIt, wanted))).toBe(true);
});

describe('inRounds', () => {
	const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

	/** Runs that many calls, of which the named ones fail; notes how many ran side by side. */
	async function run(count: number, failing: string[] = []) {
		const started: string[] = [];
		let running = 0;
		let maxConcurrent = 0;
		const done = inRounds(names(count), async (name) => {
			started.push(name);
			maxConcurrent = Math.max(maxConcurrent, ++running);
			await new Promise((resolve) => setImmediate(resolve));
			running--;
			if (failing.includes(name)) throw new Error(name);
		});
		const thrown = await done.then(
			() => undefined,
			(error: Error) => error.message,
		);
		return { thrown, started, maxConcurrent };
	}

	it.each([
		[0, 0],
		[1, 1],
		[3, 1],
		[4, 2],
		[27, 9],
	])('inRounds makes %i calls with at most %i concurrent ones', async (count, maxConcurrent) => {
		expect(await run(count)).toEqual({ thrown: undefined, started: names(count), maxConcurrent });
	});
});
