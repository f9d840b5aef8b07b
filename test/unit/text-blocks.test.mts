import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TextBlocks } from '../../nodes/CxoneExpert/trigger/delivery/text-blocks.ts';

interface Item {
	text: string;
}

/** What is done with the blocks, and with a plain list beside them. */
type Step =
	| { kind: 'add'; text: string }
	| { kind: 'change'; at: number; text: string }
	| { kind: 'delete'; at: number }
	| { kind: 'read' };

const text = fc.string({ maxLength: 3 });
const at = fc.nat({ max: 400 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), text }) },
	fc.record({ kind: fc.constant('change' as const), at, text }),
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), at }) },
	fc.record({ kind: fc.constant('read' as const) }),
);

function filled(count: number) {
	let asked = 0;
	const blocks = new TextBlocks<Item>((item) => {
		asked += 1;
		return item.text;
	});
	const items = Array.from({ length: count }, (_, n) => ({ text: `${n},` }));
	for (const item of items) blocks.add(item);
	const reading = () => {
		asked = 0;
		return { text: blocks.text, asked };
	};
	return { blocks, items, reading };
}

describe('text in blocks', () => {
	it('is always that of a plain list', () => {
		const steps = fc.array(step, { maxLength: 600, size: 'max' });
		fc.assert(
			fc.property(steps, (all) => {
				const blocks = new TextBlocks<Item>((item) => item.text);
				const list: Item[] = [];
				for (const next of all) {
					take(next, blocks, list);
					expect(blocks.size).toBe(list.length);
				}
				expect([...blocks]).toEqual(list);
				expect(blocks.text).toBe(list.map((item) => item.text).join(''));
			}),
		);
	});

	it('asks only for what is new or has changed', () => {
		const { blocks, items, reading } = filled(10_000);
		expect(reading().asked).toBe(10_000);
		expect(reading().asked).toBe(0);
		items[5_000]!.text = 'changed';
		blocks.changed(items[5_000]!);
		blocks.add({ text: 'new' });
		blocks.delete(items[0]!);
		const expected = [...items.slice(1).map((item) => item.text), 'new'].join('');
		expect(reading()).toEqual({ text: expected, asked: 2 });
	});

	it('goes on after all of it was deleted', () => {
		const { blocks, items, reading } = filled(300);
		for (const item of items) blocks.delete(item);
		expect(reading().text).toBe('');
		blocks.add({ text: 'a' });
		expect(reading().text).toBe('a');
	});

	it('takes no notice of an item that was deleted', () => {
		const { blocks, items, reading } = filled(3);
		blocks.delete(items[1]!);
		blocks.delete(items[1]!);
		blocks.changed(items[1]!);
		expect(reading().text).toBe('0,2,');
	});

	it('can be gone through while items are deleted', () => {
		const { blocks } = filled(300);
		for (const item of blocks) blocks.delete(item);
		expect(blocks.size).toBe(0);
	});
});

function take(next: Step, blocks: TextBlocks<Item>, list: Item[]): void {
	if (next.kind === 'add') {
		const item = { text: next.text };
		blocks.add(item);
		list.push(item);
		return;
	}
	if (next.kind === 'read') {
		expect(blocks.text).toBe(list.map((item) => item.text).join(''));
		return;
	}
	const item = list[next.at];
	if (item === undefined) return;
	if (next.kind === 'delete') {
		blocks.delete(item);
		list.splice(next.at, 1);
		return;
	}
	item.text = next.text;
	blocks.changed(item);
}
