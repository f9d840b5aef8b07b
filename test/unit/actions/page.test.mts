import { describe, expect, it } from 'vitest';
import type { IDataObject } from 'n8n-workflow';

import { tableOfContentsIn, textIn } from '../../../nodes/CxoneExpert/actions/page/contents.ts';
import { rootOf } from '../../support/unit/samples.mts';
import { deletePage } from '../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import {
	inOneLine,
	refusalOf,
	runOperation,
	type StubResponse,
	withQuery,
} from '../../support/unit/stub-site.mts';
import { INFO, VIRTUAL } from '../../support/unit/page-samples.mts';
import {
	createOrUpdatePage,
	paragraphsOf,
} from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { getManyPages } from '../../../nodes/CxoneExpert/actions/page/get-many.operation.ts';
import { getChangedPages } from '../../../nodes/CxoneExpert/actions/page/get-changed-since.operation.ts';
import {
	addPageTags,
	removePageTags,
	replacePageTags,
} from '../../../nodes/CxoneExpert/actions/page/tags.operations.ts';
import { startCpuTime } from '../../support/unit/cpu-time.mts';
import { BEFORE, page, sent, TAGS } from '../../support/unit/tags-samples.mts';

const BODY = '<body>&lt;p&gt;Text&lt;/p&gt;</body>';
const TOC = '<body target="toc">&lt;ol&gt;&lt;/ol&gt;</body>';
const OTHER = '<body target="sidebar">Other</body>';

describe('textIn and tableOfContentsIn', () => {
	it.each([
		['before its table of contents', `<content>${BODY}${TOC}</content>`],
		['behind its table of contents', `<content>${OTHER}${TOC}${BODY}</content>`],
	])('textIn and tableOfContentsIn tell a text apart that stands %s', (_case, xml) => {
		expect(textIn(rootOf(xml))).toBe('<p>Text</p>');
		expect(tableOfContentsIn(rootOf(xml))).toBe('<ol></ol>');
	});

	it.each([
		['nothing', '<content/>'],
		['an empty body', '<content><body/></content>'],
		['a title alone', '<content title="A"><head>x</head></content>'],
		['another part alone', `<content>${OTHER}</content>`],
	])(
		'textIn is empty, and there is no table of contents, where the response has %s',
		(_case, xml) => {
			expect(textIn(rootOf(xml))).toBe('');
			expect(tableOfContentsIn(rootOf(xml))).toBeUndefined();
		},
	);

	it('textIn takes no table of contents for a text, nor the other way round', () => {
		expect(textIn(rootOf(`<content>${TOC}</content>`))).toBe('');
		expect(tableOfContentsIn(rootOf(`<content>${BODY}</content>`))).toBeUndefined();
	});
});

describe('findPage', () => {
	const byPath = (value: string) => ({ page: { mode: 'path', value } });
	const redirect = (type: string) =>
		`<page id="430" redirect="true" type="${type}"><title>Old</title><path>Guides/Old</path></page>`;

	it.each([
		['elsewhere', redirect('external-redirect'), redirect('external-redirect')],
		['to nothing', redirect('internal-redirect'), { status: 404, body: '<error/>' }],
		['to a page that says little', redirect('internal-redirect'), '<page/>'],
		['to no page', redirect('internal-redirect'), VIRTUAL.replace('page', 'other')],
	])('findPage refuses a redirect that leads %s', async (_where, found, target) => {
		const refused = await refusalOf(deletePage, byPath('Guides/Old'), [found, target]);
		expect(refused.message).toContain('Nothing was changed: page "Guides/Old"');
		expect(refused.description).not.toContain('undefined');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('findPage refuses a redirect that is named by its number', async () => {
		const page = { mode: 'id', value: '430' };
		const refused = await refusalOf(deletePage, { page }, [redirect('internal-redirect'), INFO]);
		expect(refused.message).toContain('Nothing was changed: page 430');
		expect(refused.description).toContain('page 371 at the path "Guides/Phones/Basics/Reset"');
	});
});

/** The sample of the vendor's specification: docs/vendor-facts.md#writing-pages. */
const SAVED =
	'<edit status="success"><page id="2299" guid="dc7fa889d7ab41b98b755448d85c9c1c" draft.state="inactive" href="https://site.example/@api/deki/pages/2299?redirects=0" deleted="false" revision="13"><uri.ui>https://site.example/test</uri.ui><title>test</title><path seo="true">test</path><namespace>main</namespace><date.created>2023-04-28T15:45:40Z</date.created><language>en-US</language></page></edit>';

const at = (path: string) => ({ mode: 'path', value: path });

/** What the look-up of a free path gives. */
const NOTHING = { status: 404, body: '<error/>' };

/** The call that saves, and the one item. */
async function save(parameters: object, response: StubResponse = SAVED) {
	const { items, calls } = await runOperation(
		createOrUpdatePage,
		{ page: at('A/B'), contents: '<p>Hi</p>', simplify: true, ...parameters },
		[NOTHING, response],
		{ timezone: 'Europe/Berlin' },
	);
	expect(items).toHaveLength(1);
	expect(calls).toHaveLength(2);
	return { call: withQuery(calls[1]!), item: items[0]! };
}

it.each([
	['what XML does not know', 'a&nbsp;b<br>c<p>d'],
	['what ends CDATA', '<script>x[y[0]]>1</script>]]>'],
	['white space around it', '\r\n  <p>x</p>\t\n'],
	['control characters', 'a\u0000b\u0001c\u001fd'],
	['emoji and other scripts', '<p>😀 日本語 Größe</p>'],
])('createOrUpdatePage does not change %s', async (_what, contents) => {
	expect((await save({ contents })).call.body).toBe(contents);
});

describe('createOrUpdatePage: If the Page Exists and Edit Time', () => {
	const AT = '20260130165945';
	it.each([
		[{ ifExists: 'overwrite' }, 'never', 'now'],
		[{ ifExists: 'abort' }, 'exists', 'now'],
		[{ ifExists: 'overwrite', editTime: AT }, 'modified', AT],
		[{ ifExists: 'abort', editTime: AT }, 'exists', 'now'],
		[{ editTime: '2026-01-30T16:59:45Z' }, 'modified', AT],
		[{ editTime: '2026-01-30T17:59:45.999+01:00' }, 'modified', AT],
		[{ editTime: '2026-01-30T17:59:45' }, 'modified', AT],
		[{ editTime: new Date('2026-01-30T16:59:45Z') }, 'modified', AT],
	])('createOrUpdatePage sends %j as abort=%s&edittime=%s', async (options, abort, edittime) => {
		expect((await save({ options })).call.query).toEqual({ abort, edittime });
	});
});

describe('createOrUpdatePage: created', () => {
	const first = SAVED.replace('revision="13"', 'revision="1"');

	it('createOrUpdatePage returns "created" when the page cannot have existed', async () => {
		const { item } = await save({ options: { ifExists: 'abort' } }, first);
		expect(item).toMatchObject({ revision: 1, created: true });
	});

	it('createOrUpdatePage leaves "created" out when nobody can tell', async () => {
		expect((await save({}, first)).item).not.toHaveProperty('created');
		const unnumbered = SAVED.replace(' revision="13"', '');
		expect((await save({}, unnumbered)).item).not.toHaveProperty('created');
	});
});

describe('paragraphsOf', () => {
	it.each([
		['a line break of each system', 'a\nb\r\nc\rd', '<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>'],
		['blank lines', '\na\n\n \t\r\n\r\nb\n', '<p>a</p>\n<p>b</p>'],
		['white space around a line', ' a\t\n\u00a0b ', '<p>a</p>\n<p>b</p>'],
		['white space within a line', 'a  b', '<p>a  b</p>'],
		['nothing', '', ''],
		['white space alone', ' \r\n ', ''],
	])('paragraphsOf a text with %s', (_case, text, html) => {
		expect(paragraphsOf(text)).toBe(html);
	});

	it.each([
		['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
		['&amp; &lt;', '&amp;amp; &amp;lt;'],
		['"x"', '&quot;x&quot;'],
		["it's", "it's"],
	])('paragraphsOf treats nothing as markup: %s', (text, html) => {
		expect(paragraphsOf(text)).toBe(`<p>${html}</p>`);
	});

	it.each([
		['{{wiki.x()}}', '{\u2060{wiki.x()}}'],
		['{{{', '{\u2060{\u2060{'],
		['{{{{', '{\u2060{\u2060{\u2060{'],
		['{a}', '{a}'],
		['{ {', '{ {'],
	])('paragraphsOf keeps the braces of a script apart: %s', (text, html) => {
		expect(paragraphsOf(text)).toBe(`<p>${html}</p>`);
		expect(paragraphsOf(text)).not.toContain('{{');
	});

	it('paragraphsOf puts no two braces of two lines together', () => {
		expect(paragraphsOf('{\n{')).toBe('<p>{</p>\n<p>{</p>');
	});
});

const AT_TEN = '2024-02-14T10:00:00Z';

/** A page as `find` gives it; times are those of one day. */
const changedPage = (id: number, created: string, modified: string) =>
	`<page id="${id}"><date.created>${day(created)}</date.created><date.modified>${day(modified)}</date.modified></page>`;

const revision = (number: number, edited: string) =>
	`<page id="1" revision="${number}"><date.edited>${day(edited)}</date.edited></page>`;

const pagesWith = (...inner: string[]) => `<pages>${inner.join('')}</pages>`;

function day(time: string): string {
	return `2024-02-14T${time}:00Z`;
}

const run = (parameters: IDataObject, ...responses: StubResponse[]) =>
	runOperation(
		getChangedPages,
		{
			below: { mode: 'path', value: '' },
			since: AT_TEN,
			limit: 50,
			simplify: true,
			...parameters,
		},
		responses,
	);

describe('getChangedPages with one item for each page', () => {
	it('getChangedPages hints that the site gave only a part', async () => {
		const body = `<pages count="1" totalcount="250">${changedPage(1, '10:00', '10:00')}</pages>`;
		const { items, hints } = await run({}, body);
		expect(items).toHaveLength(1);
		expect(hints).toEqual([
			expect.stringMatching(/^The site found 250 changed pages and gave 1 of them/),
		]);
	});

	it('getChangedPages adds the kind of change to the element when Simplify is off', async () => {
		const { items } = await run({ simplify: false }, pagesWith(changedPage(357, '09:00', '10:02')));
		expect(items).toEqual([expect.objectContaining({ '@id': '357', change: 'edited' })]);
	});
});

describe('getChangedPages with one item for each revision', () => {
	it('getChangedPages finds revisions before the end of pages that were changed again after it', async () => {
		const options = { itemFor: 'revision', until: day('10:02') };
		const revisions = pagesWith(revision(3, '10:05'), revision(2, '10:02'), revision(1, '10:01'));
		const found = pagesWith(changedPage(8, '10:01', '10:05'));
		const { items, calls } = await run({ options }, found, revisions);
		expect(inOneLine(calls[0]!)).not.toContain('upto');
		expect(items).toMatchObject([
			{ revision: 1, change: 'created' },
			{ revision: 2, change: 'edited' },
		]);
	});

	it('getChangedPages reads revisions of new pages only when only creations are wanted', async () => {
		const found = pagesWith(changedPage(7, '09:00', '10:05'), changedPage(8, '10:01', '10:03'));
		const options = { itemFor: 'revision', change: 'created' };
		const { items, calls } = await run(
			{ options },
			found,
			pagesWith(revision(1, '10:01'), revision(2, '10:03')),
		);
		expect(calls).toHaveLength(2);
		expect(items).toMatchObject([{ revision: 1, change: 'created' }]);
	});
});

it("getChangedPages treats an empty 'Until' as none", async () => {
	const { calls } = await run({ options: { until: '' } }, pagesWith());
	expect(inOneLine(calls[0]!)).not.toContain('upto');
});

describe('getManyPages with Types', () => {
	const search = (...types: string[]) => {
		const results = types.map(
			(type, index) => `<result><id>${index}</id><type>${type}</type></result>`,
		);
		return `<search>${results.join('')}</search>`;
	};
	const find = async (fields: object, ...responses: string[]) =>
		await runOperation(getManyPages, { query: 'x', simplify: true, ...fields }, responses);

	it('getManyPages chooses results by their own type, and does not send it', async () => {
		const options = { types: 'Wiki, other' };
		const { items, calls } = await find({ options }, search('page', 'wiki', 'file', 'other'));
		expect(items.map(({ type }) => type)).toEqual(['wiki', 'other']);
		expect(calls.map(inOneLine).join()).not.toContain('types');
	});

	it('getManyPages asks for whole pages, and reads on until enough results have the type', async () => {
		const first = search(...Array.from({ length: 100 }, () => 'page'));
		const second = search('file', 'file', 'file').replaceAll('<id>', '<id>10');
		const { items, calls } = await find({ limit: 2, options: { types: 'file' } }, first, second);
		expect(items).toHaveLength(2);
		expect(calls.map((call) => withQuery(call).query)).toMatchObject([
			{ limit: '100', offset: '0' },
			{ limit: '100', offset: '100' },
		]);
	});

	it('getManyPages asks for as many as are wanted of all types', async () => {
		const { calls } = await find({ limit: 2 }, search('page', 'file'));
		expect(withQuery(calls[0]!).query).toMatchObject({ limit: '2' });
	});
});

describe('addPageTags', () => {
	it('addPageTags writes nothing for a list without entries', async () => {
		const { items, calls } = await runOperation(addPageTags, { page, tags: [] }, [TAGS]);
		expect(calls).toHaveLength(1);
		expect(items).toEqual([{ page: { id: '371' }, tags: BEFORE, added: [], removed: [] }]);
	});

	it('addPageTags accepts a list from an expression, with commas and numbers in it', async () => {
		const tags = ['a, b', 2026, ' x\n y ', 'X Y', 'true'];
		const { calls } = await runOperation(addPageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...BEFORE, 'a, b', '2026', 'x y', 'true'));
	});
});

it('removePageTags removes a system tag that is named', async () => {
	const tags = 'article:howto';
	const { calls } = await runOperation(removePageTags, { page, tags }, [TAGS, TAGS]);
	expect(calls[1]!.body).toBe(sent(BEFORE[1]!));
});

describe('replacePageTags', () => {
	it.each([
		['keeps system tags', 'a, b', [BEFORE[0]!, 'a', 'b']],
		['keeps the spelling of what is there', 'reviewed IN may, a', [...BEFORE, 'a']],
		['replaces a system tag by another one', 'a, article:topic', ['a', 'article:topic']],
		['leaves system tags alone for a list without entries', [], [BEFORE[0]!]],
	])('replacePageTags %s', async (_what, tags, wanted) => {
		const { calls } = await runOperation(replacePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...wanted));
	});

	it('replacePageTags takes no more than its share of time for thousands of tags', async () => {
		const replace = async (count: number) => {
			const named = Array.from({ length: count }, (_, index) => `named ${index}`);
			const values = named.map((name) => `<tag value="there, ${name}"/>`).join('');
			const response = `<tags count="${count}">${values}</tags>`;
			await runOperation(replacePageTags, { page, tags: named }, [response, response]);
		};
		const cpuMs = async (count: number, times: number) => {
			const cpuTime = startCpuTime();
			for (let time = 0; time < times; time++) await replace(count);
			return cpuTime();
		};
		await cpuMs(200, 20);
		const inParts = await cpuMs(200, 20);
		expect((await cpuMs(4_000, 1)) / inParts).toBeLessThan(6);
	});
});
