import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { executeOperations } from '../../../nodes/CxoneExpert/actions/core/execute.ts';
import { limitOfCharacters } from '../../../nodes/CxoneExpert/actions/core/limit-of-characters.ts';
import { limitUpTo, outputs, readList } from '../../../nodes/CxoneExpert/actions/core/results.ts';
import { ExpertSite } from '../../../nodes/CxoneExpert/api/expert-site.ts';
import { textOf, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import { ACCEPTED, stubContext } from '../../support/unit/stub-site.mts';

const LIST = { path: '/pages', doing: 'list the pages', root: 'pages', element: 'page' };

/** A site that gives this for a limit and an offset. */
const siteOf = (read: (limit: number, offset: number) => XmlElement) =>
	({
		read: async ({ query }: { query: { limit: number; offset: number } }) => read(query.limit, query.offset),
	}) as unknown as ExpertSite;

it('one item can have more results than a call can have arguments', async () => {
	const all = {
		...{ value: 'list', name: 'List', action: 'List all', description: 'Lists all', fields: [] },
		run: async () => outputs(Array<IDataObject>(200_000).fill({})),
	};
	const resource = { value: 'a', name: 'A', description: 'About a', operations: [all] };
	const context = stubContext({ resource: 'a', operation: 'list' }, () => ACCEPTED);
	context.getInputData = () => [{ json: {} }];
	const [results] = await executeOperations.call(context, [resource]);
	expect(results).toHaveLength(200_000);
});

it('ExpertSite makes no further call once the execution is cancelled', async () => {
	const controller = new AbortController();
	const urls: string[] = [];
	const context = stubContext({}, ({ url }) => {
		if (url === '/users/current') return ACCEPTED;
		urls.push(url);
		controller.abort(new Error('cancelled'));
		return '<pages><page id="1"/><page id="2"/></pages>';
	});
	context.getExecutionCancelSignal = () => controller.signal;
	const site = await ExpertSite.connect(context);
	await expect(readList(site, LIST)).rejects.toThrow('cancelled');
	expect(urls).toHaveLength(1);
});

it('readList finds what matches beyond the first hundred, at a site that ignores the offset, too', async () => {
	const page = Array.from({ length: 150 }, (_, index) => ({
		id: `${index}`,
		type: index < 120 ? 'page' : 'file',
	}));
	const site = siteOf((limit) => ({ page: page.slice(0, limit) }));
	const matches = (result: object) => textOf({ ...result }, 'type') === 'file';
	expect(await readList(site, { ...LIST, matches }, 20)).toEqual(page.slice(120, 140));
});

it.each([
	['right', '150', 2],
	['none', '0', 3],
	['that of one call', '100', 3],
	['higher', '151', 3],
	['no number', 'many', 3],
	['missing', undefined, 3],
])('readList reads a list to its end where the count of the site is %s', async (_case, count, expected) => {
	const page = Array.from({ length: 150 }, (_, index) => ({ id: `${index}` }));
	let calls = 0;
	const site = siteOf((limit, offset) => {
		calls++;
		return { '@querycount': count, page: page.slice(offset, offset + limit) } as XmlElement;
	});
	expect(await readList(site, LIST)).toHaveLength(150);
	expect(calls).toBe(expected);
});

const context = { origin: undefined, timezone: 'UTC' };

it.each([
	[3, 3],
	['200', 100],
	['', 10],
	[undefined, 10],
])('a limit of at most 100, which is 10 otherwise, takes %j for %i', (entered, limit) => {
	expect(limitUpTo(100, 10).read(entered, context)).toBe(limit);
});

it.each([
	[500, 500],
	[0, Infinity],
	['', 20_000],
	['many', 20_000],
])('a limit of characters takes %j for %i', (entered, limit) => {
	expect(limitOfCharacters.read(entered, context)).toBe(limit);
});
