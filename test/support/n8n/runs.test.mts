import { expect, it } from 'vitest';
import { type Run, startItems, type Tally, tally } from './runs.mts';

let executionId = 0;

function run(eventId: string, more: Partial<Run> & { redelivered?: true } = {}): Run {
	const { redelivered, ...changes } = more;
	const items = [{ eventId, ...(redelivered ? { redelivered } : {}) }];
	const whole = {
		...{ status: 'success', began: true, retryOf: undefined, passedOnAt: undefined },
		items,
	};
	return { executionId: ++executionId, ...whole, ...changes };
}

const MARKED = { redelivered: true } as const;
const cutOff = run('a', { status: 'crashed' });
const told = { ...run(''), status: 'error', items: [{}] };

it.each<[string, Run[], Partial<Tally>]>([
	[
		'an event that ran twice without a mark on the later item',
		[run('a'), run('a'), run('b', MARKED), run('b'), run('c')],
		{ events: 3, executions: 5, unmarkedDuplicates: ['a', 'b'], markedDuplicates: [] },
	],
	[
		'duplicates that are all marked',
		[run('a'), run('a', MARKED), run('a', MARKED)],
		{ unmarkedDuplicates: [], markedDuplicates: ['a'] },
	],
	[
		'no silent duplicate where a marked copy has overtaken, or was overtaken',
		[
			...[run('a', { passedOnAt: 9 }), run('a', { passedOnAt: 5, ...MARKED })],
			...[run('b', { passedOnAt: 9, ...MARKED }), run('b', { passedOnAt: 5 })],
			...[run('c', { passedOnAt: 5, ...MARKED }), run('c', { passedOnAt: 9 })],
			...[run('d', { passedOnAt: 9 }), run('d', { passedOnAt: 5 })],
		],
		{ unmarkedDuplicates: ['c', 'd'], markedDuplicates: ['a', 'b'] },
	],
	[
		'no second run in an execution that never began',
		[run('a'), run('a', { status: 'crashed', began: false })],
		{ unmarkedDuplicates: [], markedDuplicates: [] },
	],
	['an event whose executions were all cut off', [cutOff], { interrupted: ['a'] }],
	['no interruption once a copy has run', [cutOff, run('a', MARKED)], { interrupted: [] }],
	[
		'no duplicate in a retried execution',
		[cutOff, run('a', { retryOf: cutOff.executionId })],
		{ executions: 1, unmarkedDuplicates: [], markedDuplicates: [], interrupted: [] },
	],
	[
		'no event in an execution that tells of a failed check',
		[told, told],
		{ events: 0, unmarkedDuplicates: [], markedDuplicates: [], interrupted: [] },
	],
])('tally finds %s', (_what, runs, expected) => {
	expect(tally(runs)).toMatchObject(expected);
});

const result = (...items: object[]) => ({ data: { main: [items.map((json) => ({ json }))] } });
const madeUp = result({ isArtificialRecoveredEventItem: true });
const event = result({ eventId: 'a' });

it.each<[string, object[], object[], object[]]>([
	['has not begun from its stack', [event], [madeUp], [{ eventId: 'a' }]],
	['was run again from the last result', [], [madeUp, event], [{ eventId: 'a' }]],
	['n8n has made up after it lost them: none', [], [madeUp], []],
])('startItems reads the items of an execution that %s', (_what, stack, results, expected) => {
	const executionData = { nodeExecutionStack: stack };
	const resultData = { runData: { Trigger: results } };
	expect(startItems({ executionData, resultData })).toEqual(expected);
});
