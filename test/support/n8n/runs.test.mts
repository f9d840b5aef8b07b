import { describe, expect, it } from 'vitest';
import { type Run, tally } from './runs.mts';

let executionId = 0;

function run(eventId: string, more: Partial<Run> & { redelivered?: true } = {}): Run {
	const { redelivered, ...changes } = more;
	const items = [{ eventId, ...(redelivered ? { redelivered } : {}) }];
	return { executionId: ++executionId, status: 'success', retryOf: undefined, items, ...changes };
}

describe('tally', () => {
	it('finds an event that ran twice without a mark on the later item', () => {
		const runs = [run('a'), run('a'), run('b', { redelivered: true }), run('b'), run('c')];
		expect(tally(runs)).toMatchObject({
			events: 3,
			executions: 5,
			unflaggedDoubles: ['a', 'b'],
			flaggedDoubles: [],
		});
	});

	it('tells it from one whose later items are marked', () => {
		const runs = [run('a'), run('a', { redelivered: true }), run('a', { redelivered: true })];
		expect(tally(runs)).toMatchObject({ unflaggedDoubles: [], flaggedDoubles: ['a'] });
	});

	it('takes an event for interrupted as long as none of its executions reached the end', () => {
		const cutOff = run('a', { status: 'crashed' });
		expect(tally([cutOff]).interrupted).toEqual(['a']);
		expect(tally([cutOff, run('a', { redelivered: true })]).interrupted).toEqual([]);
	});

	it('does not take it for a double when somebody has an execution run again', () => {
		const cutOff = run('a', { status: 'crashed' });
		const again = run('a', { retryOf: cutOff.executionId });
		expect(tally([cutOff, again])).toMatchObject({
			executions: 1,
			unflaggedDoubles: [],
			flaggedDoubles: [],
			interrupted: [],
		});
	});
});
