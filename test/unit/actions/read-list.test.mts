import { expect, it } from 'vitest';

import { readList } from '../../../nodes/CxoneExpert/actions/core/results.ts';
import type { XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';

const LIST = { path: '/pages', doing: 'list the pages', root: 'pages', element: 'page' };

/** A site with so many pages, and what it says of their number. */
async function read(pages: number, querycount: string | undefined) {
	const all = Array.from({ length: pages }, (_, index) => ({ id: `${index}` }) as XmlElement);
	let calls = 0;
	const list = await readList(
		{
			async read({ query: { limit, offset } }: { query: { limit: number; offset: number } }) {
				calls++;
				return { '@querycount': querycount, page: all.slice(offset, offset + limit) };
			},
		} as never,
		LIST,
	);
	return { found: list.length, calls };
}

it.each([
	['right', '150', 2],
	['none', '0', 3],
	['that of one call', '100', 3],
	['higher', '151', 3],
	['no number', 'many', 3],
	['missing', undefined, 3],
])(
	'readList reads a list to its end where the count of the site is %s',
	async (_case, count, calls) => {
		expect(await read(150, count)).toEqual({ found: 150, calls });
	},
);
