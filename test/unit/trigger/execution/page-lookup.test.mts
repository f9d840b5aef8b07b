import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { lookUpPages } from '../../../../nodes/CxoneExpert/trigger/execution/page-lookup.ts';
import type { PageQuery } from '../../../../nodes/CxoneExpert/trigger/execution/page-query.ts';
import { BUDGET_MS } from '../../../../nodes/CxoneExpert/trigger/execution/page-lookup.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { reaches } from '../../../../nodes/CxoneExpert/trigger/find-reach.ts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';
import { pageDetails } from '../../../../nodes/CxoneExpert/trigger/execution/page-lookup.ts';
import { rootOf } from '../../../support/unit/samples.mts';

beforeEach(clearMemory);

const SITE = 'https://help.example.com';
const SELF = '/users/current';
const ACCEPTED = '<user anonymous="false"/>';
const ANONYMOUS = '<user anonymous="true"/>';

type Response = string | number | (() => Promise<string | undefined>);

/** A site that responds to these paths, and the calls that it gets. */
function site(responses: Record<string, Response>, credential?: () => Promise<ExpertCredential>) {
	const calls: string[] = [];
	const queries: URLSearchParams[] = [];
	// Of its own: each token is checked once.
	const longTermToken = randomUUID();
	const node = nodeState({
		credential: credential ?? (async () => ({ siteUrl: SITE, longTermToken })),
		site: async (path, query) => {
			calls.push(path);
			queries.push(query);
			const all: Record<string, Response | undefined> = { [SELF]: ACCEPTED, ...responses };
			const response = all[path];
			return typeof response === 'function' ? await response() : response;
		},
	});
	const { context } = executionAt(node);
	const lookUp = async (...asked: PageQuery[]) => await lookUpPages(context, asked);
	return { calls, queries, lookUp };
}

const page = (id: number): PageQuery => ({ kind: 'page', key: `${id}`, label: `page ${id}` });
const archived = (id: number): PageQuery => ({ kind: 'archived page', id: `${id}` });

const details = (id: number) => ({ id: `${id}` });
const failure = (text: RegExp) => ({ details: expect.stringMatching(text) });

describe('lookUpPages', () => {
	it('lookUpPages asks nothing, and reads no credential, when there is no query', async () => {
		let readings = 0;
		const { calls, lookUp } = site({}, async () => {
			readings++;
			return { siteUrl: SITE };
		});
		expect(await lookUp()).toEqual([]);
		expect([calls, readings]).toEqual([[], 0]);
	});

	it('lookUpPages gives a result for each query, in their order', async () => {
		const { lookUp } = site({
			'/pages/1': '<page id="1"/>',
			'/archive/pages/2/info': '<page.archive id="2"/>',
			'/pages/home': '<page id="3"/>',
		});
		const home: PageQuery = { kind: 'page', key: 'home', label: 'the home page' };
		expect(await lookUp(page(1), archived(2), page(4), home)).toEqual([
			details(1),
			details(2),
			failure(/^Expert did not find it \(404\) while n8n tried to read page 4\./),
			details(3),
		]);
	});

	it('lookUpPages asks about a page once, however many events it has', async () => {
		const { calls, lookUp } = site({ '/pages/1': '<page id="1"/>' });
		expect(await lookUp(page(1), page(1), page(1))).toEqual([details(1), details(1), details(1)]);
		expect(calls.sort()).toEqual(['/pages/1', SELF]);
	});

	it('lookUpPages reads five pages at the same time, and then the others', async () => {
		const waiting: Array<() => void> = [];
		const slow = async () => {
			await new Promise<void>((resolve) => waiting.push(resolve));
			return undefined;
		};
		const ids = [1, 2, 3, 4, 5, 6, 7];
		const { lookUp } = site(Object.fromEntries(ids.map((id) => [`/pages/${id}`, slow])));
		const results = lookUp(...ids.map(page));
		await expect.poll(() => waiting.length).toBe(5);
		waiting.shift()?.();
		await expect.poll(() => waiting.length).toBe(5);
		waiting.shift()?.();
		await expect.poll(() => waiting.length).toBe(5);
		for (const respond of waiting) respond();
		expect(await results).toHaveLength(7);
	});
});

describe('lookUpPages, when the site cannot be asked', () => {
	it('lookUpPages says for each query what to do when n8n does not give the credential', async () => {
		const { calls, lookUp } = site({}, async () => await Promise.reject(new Error('a secret')));
		const text = failure(/^n8n cannot read the credential of the trigger\. Open the trigger /);
		expect(await lookUp(page(1), page(2))).toEqual([text, text]);
		expect(calls).toEqual([]);
	});

	it.each([
		[403, /^Expert did not allow this \(403\) .+ The archive of deleted pages is for admins\.$/],
		[404, /^Expert did not find it \(404\) .+ deleted, restored or moved since, /],
	])('lookUpPages says what %i means for a page', async (status, text) => {
		const { lookUp } = site({ '/archive/pages/2/info': status });
		expect(await lookUp(archived(2))).toEqual([failure(text)]);
	});

	it.each<[string, Response]>([
		['that are read', '<page id="1"/>'],
		['that are not found', 404],
	])(
		'lookUpPages believes nothing of pages %s when the token has expired',
		async (_case, given) => {
			const { lookUp } = site({ '/pages/1': given, [SELF]: ANONYMOUS });
			expect(await lookUp(page(1))).toEqual([failure(/^The site does not accept the token\. /)]);
		},
	);

	it('lookUpPages does not believe a page when nobody can tell whether the token is accepted', async () => {
		const { lookUp } = site({ '/pages/1': '<page id="1"/>', [SELF]: 500 });
		expect(await lookUp(page(1))).toEqual([failure(/\(500\) while n8n tried to check the token/)]);
	});

	it('lookUpPages says why a page could not be read rather than why the token could not be checked', async () => {
		const { lookUp } = site({ '/pages/1': 403, [SELF]: 500 });
		expect(await lookUp(page(1))).toEqual([failure(/\(403\) while n8n tried to read page 1/)]);
	});

	it('lookUpPages ends after five seconds, and says that the site is slow', async () => {
		vi.useFakeTimers();
		try {
			const never = async () => await new Promise<undefined>(() => {});
			const pages = Object.fromEntries([1, 2, 3, 4, 5, 6].map((id) => [`/pages/${id}`, never]));
			const { calls, lookUp } = site(pages);
			const results = lookUp(...[1, 2, 3, 4, 5, 6].map(page));
			await vi.advanceTimersByTimeAsync(BUDGET_MS);
			const asked = failure(
				/^The Expert site did not respond in time while n8n tried to read page/,
			);
			// No time was left for the sixth.
			const unasked = failure(
				/^The Expert site took too long while n8n tried to read page 6\. The site/,
			);
			expect(await results).toEqual([...Array.from({ length: 5 }, () => asked), unasked]);
			expect(calls).not.toContain('/pages/6');
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('lookUpPages for events that name no page', () => {
	const at = Date.parse('2026-03-01T10:00:00Z');
	const unnamed = (change: 'created' | 'edited' | 'deleted', seconds = 0): PageQuery => ({
		kind: 'unnamed page',
		...{ change, at: at + seconds * 1000 },
	});
	const date = (seconds: number) => new Date(at + seconds * 1000).toISOString();
	const created = (id: number, seconds: number) =>
		`<page id="${id}"><date.created>${date(seconds)}</date.created></page>`;

	beforeEach(() => reaches.set(SITE, 'tree'));

	it('lookUpPages reads the page that was created then', async () => {
		const { lookUp } = site({
			'/pages/home/find': `<pages>${created(1, 0)}</pages>`,
			'/pages/1': '<page id="1"/>',
		});
		expect(await lookUp(unnamed('created'))).toEqual([details(1)]);
	});

	it('lookUpPages reads the page that was deleted then in the archive', async () => {
		const { lookUp } = site({
			'/archive/pages': `<pages.archive querycount="1"><page.archive id="2"><date.deleted>${date(0)}</date.deleted></page.archive></pages.archive>`,
			'/archive/pages/2/info': '<page.archive id="2"/>',
		});
		expect(await lookUp(unnamed('deleted'))).toEqual([details(2)]);
	});

	it('lookUpPages gives no page, and no failure, when nobody can tell which one it was', async () => {
		const { lookUp } = site({ '/pages/home/find': '<pages/>' });
		expect(await lookUp(unnamed('created'))).toEqual([undefined]);
	});

	it('lookUpPages looks for all events that name no page in one list', async () => {
		const { calls, queries, lookUp } = site({
			'/pages/home/find': `<pages>${created(1, 0)}${created(2, 60)}</pages>`,
			'/pages/1': '<page id="1"/>',
			'/pages/2': '<page id="2"/>',
		});
		const results = await lookUp(unnamed('created', 60), unnamed('created', 0), page(2));
		expect(results).toEqual([details(2), details(1), details(2)]);
		expect(calls.filter((path) => path === '/pages/home/find')).toHaveLength(1);
		expect(calls.filter((path) => path === '/pages/2')).toHaveLength(1);
		// As far back as the date of a page and the time of its event may be apart.
		const since = queries[calls.indexOf('/pages/home/find')]?.get('since');
		expect(since).toBe('2026-03-01T09:59:58Z');
	});

	it('lookUpPages gives no page where the site is known to look one level deep only', async () => {
		reaches.set(SITE, 'children');
		const { lookUp } = site({ '/pages/home/find': `<pages>${created(1, 0)}</pages>` });
		expect(await lookUp(unnamed('created'))).toEqual([undefined]);
	});

	it('lookUpPages names the page that it has found and could not read', async () => {
		const { lookUp } = site({
			'/pages/home/find': `<pages>${created(1, 0)}</pages>`,
			'/pages/1': 403,
		});
		expect(await lookUp(unnamed('created'))).toEqual([
			failure(/\(403\) while n8n tried to read page 1\./),
		]);
	});

	it('lookUpPages says why the list of changed pages could not be read', async () => {
		const { lookUp } = site({ '/pages/home/find': 500 });
		expect(await lookUp(unnamed('created'))).toEqual([
			failure(/\(500\) while n8n tried to find what was changed/),
		]);
	});
});

describe('pageDetails', () => {
	it('pageDetails has what people need of a page', () => {
		const xml = `<page id="42" guid="g" draft.state="inactive" revision="3"><uri.ui>https://help.example.com/A</uri.ui>
			<title>Reset the phone</title><path seo="true">A</path><language>en-US</language>
			<user.createdby id="1"><username>admin</username></user.createdby>
			<user.author id="4"><username>jane</username><fullname>Jane Doe</fullname></user.author>
			<tags count="1"><tag value="article:guide"/></tags></page>`;
		expect(pageDetails(rootOf(xml))).toEqual({
			id: '42',
			path: 'A',
			title: 'Reset the phone',
			url: 'https://help.example.com/A',
			author: { id: '4', name: 'jane', fullName: 'Jane Doe' },
			tags: ['article:guide'],
			language: 'en-US',
			draftState: 'inactive',
			revision: 3,
		});
	});

	it('pageDetails has nothing of what the response does not say', () => {
		expect(pageDetails(rootOf('<page id="42"/>'))).toEqual({ id: '42' });
	});

	it.each([
		['a page without tags', 'inactive', '', []],
		['a draft whose tags are kept elsewhere', 'unpublished', '', undefined],
		['a draft that was published before', 'unpublished', '<tag value="a"/>', ['a']],
	])('pageDetails of %s has the tags %j', (_case, state, tag, tags) => {
		const xml = `<page id="1" draft.state="${state}"><tags>${tag}</tags></page>`;
		expect(pageDetails(rootOf(xml)).tags).toEqual(tags);
	});

	it('pageDetails has no revision for a page that was never published', () => {
		expect(pageDetails(rootOf('<page id="1" revision="0"/>'))).not.toHaveProperty('revision');
	});
});
