import { afterEach, expect, it } from 'vitest';

import { createClient } from '../../../../nodes/CxoneExpert/api/client.ts';
import { clearProcessState } from '../../../../nodes/CxoneExpert/trigger/process-state.ts';
import { changedPages } from '../../../../nodes/CxoneExpert/trigger/watch/changed-pages.ts';

afterEach(clearProcessState);

const NONE_FOUND = '<pages count="0" totalcount="0"/>';
const MORE_THAN_GIVEN = '<pages count="0" totalcount="9"/>';
const subpages = (...pages: string[]) =>
	`<subpages count="${pages.length}" totalcount="${pages.length}">${pages.join('')}</subpages>`;
const page = (id: number, date = '', more = '') =>
	`<page.subpage id="${id}"${more}>${date && `<date.modified>${date}</date.modified>`}</page.subpage>`;
const LEAF = ' subpages="false"';

/** A site that refuses the call of this number, counted from 1. */
function siteThat(responses: Record<string, string>, refused = 0) {
	let count = 0;
	return createClient(
		async ({ path }) => {
			count++;
			const body = responses[path] ?? subpages();
			return { status: count === refused ? 403 : 200, headers: {}, body };
		},
		Infinity,
		[],
	);
}

const twoLevels = (found: string) => ({
	'/pages/home/find': found,
	'/pages/home/subpages': subpages(page(1), page(2)),
	'/pages/2/subpages': subpages(page(3, '2026-11-26T10:00:00Z', LEAF)),
});
const SINCE = Date.parse('2026-11-26T09:00:00Z');

it.each([1, 2, 3, 4, 5])('changed pages are not known when call %i is refused', async (refused) => {
	const result = await changedPages(siteThat(twoLevels(NONE_FOUND), refused), 'site', SINCE);
	expect(result).toMatchObject({ ok: false, failure: { status: 403 } });
});

it('the tree is walked where "find" does not give a page two levels down', async () => {
	const result = await changedPages(siteThat(twoLevels(NONE_FOUND)), 'site', SINCE);
	if (!result.ok) throw new Error(result.failure.kind);
	expect(result.value.map((each) => each['@id'])).toEqual(['1', '2', '3']);
});

it('the tree is walked where "find" gives a part, and a refusal there is told', async () => {
	const responses = twoLevels(MORE_THAN_GIVEN);
	expect(await changedPages(siteThat(responses), 'site', SINCE)).toMatchObject({ ok: true });
	expect(await changedPages(siteThat(responses, 2), 'site', SINCE)).toMatchObject({ ok: false });
});

it('a page that names no time of its change does not prove how deep "find" looks', async () => {
	const responses = {
		'/pages/home/find': NONE_FOUND,
		'/pages/home/subpages': subpages(page(1)),
		'/pages/1/subpages': subpages(page(2, '', LEAF)),
	};
	const result = await changedPages(siteThat(responses), 'site', SINCE);
	if (!result.ok) throw new Error(result.failure.kind);
	expect(result.value).toHaveLength(2);
});
