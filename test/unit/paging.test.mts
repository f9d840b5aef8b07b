import { expect, it } from 'vitest';

import { paged } from '../../nodes/CxoneExpert/actions/paging.ts';

/** A list of this length, and what was asked of it. */
function list(length: number) {
	const asked: string[] = [];
	const entries = Array.from({ length }, (_, index) => ({ id: `${index}` }));
	const fetch = async (limit: number, offset: number) => {
		asked.push(`${limit} from ${offset}`);
		return entries.slice(offset, offset + limit);
	};
	return { fetch, asked, entries };
}

it.each([
	['all of an empty list', 0, Infinity, ['100 from 0'], 0],
	['all of a short list', 7, Infinity, ['100 from 0'], 7],
	['all of a list of one full page', 100, Infinity, ['100 from 0', '100 from 100'], 100],
	['all of a long list', 250, Infinity, ['100 from 0', '100 from 100', '100 from 200'], 250],
	['no more than is wanted', 250, 7, ['7 from 0'], 7],
	['a limit beyond one page', 250, 120, ['100 from 0', '20 from 100'], 120],
	['a limit that is a full page', 250, 200, ['100 from 0', '100 from 100'], 200],
	['a limit beyond the list', 30, 120, ['100 from 0'], 30],
])('reads %s', async (_case, length, most, expected, given) => {
	const { fetch, asked, entries } = list(length);
	expect(await paged(most, fetch)).toEqual(entries.slice(0, given));
	expect(asked).toEqual(expected);
});

it('gives no more than is wanted when the site gives more than was asked for', async () => {
	const { entries } = list(9);
	expect(await paged(5, async () => entries)).toEqual(entries.slice(0, 5));
});
