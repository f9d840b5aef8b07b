import { describe, expect, it } from 'vitest';
import { type Run, startItems, tally } from './runs.mts';

let executionId = 0;

function run(eventId: string, more: Partial<Run> & { redelivered?: true } = {}): Run {
	const { redelivered, ...changes } = more;
	const items = [{ eventId, ...(redelivered ? { redelivered } : {}) }];
	const whole = {
		status: 'success',
		began: true,
		retryOf: undefined,
		items,
		passedOnAt: undefined,
		error: undefined,
	};
	return { executionId: ++executionId, ...whole, ...changes };
}

describe('tally', () => {
	it('tally finds an event that ran twice without a mark on the later item', () => {
		const runs = [run('a'), run('a'), run('b', { redelivered: true }), run('b'), run('c')];
		expect(tally(runs)).toMatchObject({
			events: 3,
			executions: 5,
			unmarkedDuplicates: ['a', 'b'],
			markedDuplicates: [],
		});
	});

	it('tally tells unmarked duplicates from marked ones', () => {
		const runs = [run('a'), run('a', { redelivered: true }), run('a', { redelivered: true })];
		expect(tally(runs)).toMatchObject({ unmarkedDuplicates: [], markedDuplicates: ['a'] });
	});

	it('tally minds no unmarked execution that was overtaken by a marked copy, or has overtaken it', () => {
		const runs = [
			...[run('a', { passedOnAt: 9 }), run('a', { passedOnAt: 5, redelivered: true })],
			...[run('b', { passedOnAt: 9, redelivered: true }), run('b', { passedOnAt: 5 })],
			...[run('c', { passedOnAt: 5, redelivered: true }), run('c', { passedOnAt: 9 })],
			...[run('d', { passedOnAt: 9 }), run('d', { passedOnAt: 5 })],
		];
		expect(tally(runs)).toMatchObject({
			unmarkedDuplicates: ['c', 'd'],
			markedDuplicates: ['a', 'b'],
		});
	});

	it('tally takes an execution that never began for no second run', () => {
		const left = run('a', { status: 'crashed', began: false });
		expect(tally([run('a'), left])).toMatchObject({ unmarkedDuplicates: [], markedDuplicates: [] });
	});

	it('tally treats an event as interrupted as long as none of its executions reached the end', () => {
		const cutOff = run('a', { status: 'crashed' });
		expect(tally([cutOff]).interrupted).toEqual(['a']);
		expect(tally([cutOff, run('a', { redelivered: true })]).interrupted).toEqual([]);
	});

	it('tally does not count a retried execution as a duplicate', () => {
		const cutOff = run('a', { status: 'crashed' });
		const again = run('a', { retryOf: cutOff.executionId });
		expect(tally([cutOff, again])).toMatchObject({
			executions: 1,
			unmarkedDuplicates: [],
			markedDuplicates: [],
			interrupted: [],
		});
	});

	it('tally takes an execution that tells of a failed check for no event', () => {
		const told = { ...run(''), status: 'error', items: [{}] };
		expect(tally([told, told])).toMatchObject({
			...{ events: 0, unmarkedDuplicates: [], markedDuplicates: [], interrupted: [] },
		});
	});
});

describe('startItems', () => {
	const result = (...items: object[]) => ({ data: { main: [items.map((json) => ({ json }))] } });
	const madeUp = result({ isArtificialRecoveredEventItem: true });

	it('startItems reads the items of an execution that has not begun from its stack', () => {
		const nodeExecutionStack = [result({ eventId: 'a' })];
		const resultData = { runData: { Trigger: [madeUp] } };
		expect(startItems({ executionData: { nodeExecutionStack }, resultData })).toEqual([
			{ eventId: 'a' },
		]);
	});

	it('startItems reads the items of an execution that was run again from the last result', () => {
		const resultData = { runData: { Trigger: [madeUp, result({ eventId: 'a' })] } };
		expect(startItems({ executionData: { nodeExecutionStack: [] }, resultData })).toEqual([
			{ eventId: 'a' },
		]);
	});

	it('startItems finds no items in a result that n8n has made up after it lost them', () => {
		const resultData = { runData: { Trigger: [madeUp] } };
		expect(startItems({ executionData: { nodeExecutionStack: [] }, resultData })).toEqual([]);
	});
});
