import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { BROKEN, MISSING, REFUSED, REPEATED, UNSAVED, UNWANTED } from './exceptions.mts';
import { NAMED_WORLDS } from './rows.mts';
import { inThread } from './thread.mts';
import type { Order, Outcome } from './worker.mts';

/*
 * Simulated worlds: a site, an n8n with the built package, and accidents. What a failure prints repeats the world by
 * itself. More of them: WORLDS=1500. Thirty are always the same, the others are new ones each time; in CI all are the
 * same, so that nobody's change fails by chance.
 */

const STEPS = 40;
const COUNT = Number(process.env.WORLDS ?? 60);
const SAME = 30;
const outcomes: Outcome[] = [];

beforeAll(async () => {
	const firstNew = process.env.CI ? 1 : randomInt(1000, 2 ** 31);
	const drawn: Order[] = Array.from({ length: COUNT }, (_, index) => ({
		seed: index < SAME ? 1 + index : firstNew + index,
		steps: STEPS,
	}));
	// The first one twice.
	const orders = [...NAMED_WORLDS, ...drawn, ...drawn.slice(0, 1)];
	outcomes.push(...(await inThread<Outcome>('worker.mts', orders)));
}, 0);

function faultsOf(told: Outcome[]): string[] {
	return told.flatMap(({ seed, faults }) => faults.map((fault) => `World ${seed}: ${fault}`));
}

it.each(NAMED_WORLDS)('$title', ({ title }) => {
	const index = NAMED_WORLDS.findIndex((world) => world.title === title);
	expect(faultsOf([outcomes[index]!])).toEqual([]);
});

it(`no rule is broken in ${COUNT} simulated worlds`, () => {
	expect(faultsOf(outcomes.slice(NAMED_WORLDS.length, -1))).toEqual([]);
});

it('a simulated world has the same story to the letter when it is run again', () => {
	const [first, second] = [outcomes[NAMED_WORLDS.length]!, outcomes.at(-1)!];
	expect(second.hash).toBe(first.hash);
});

it.each(
	Object.entries({ ...MISSING, ...UNWANTED, ...REFUSED, ...UNSAVED, ...BROKEN, ...REPEATED }).map(
		([name, { document, says }]) => ({ name, document, says }),
	),
)('what the world excepts as "$name" is a sentence of docs/$document.md', async (exception) => {
	const text = await readFile(`docs/${exception.document}.md`, 'utf8');
	expect(text).toContain(exception.says);
});
