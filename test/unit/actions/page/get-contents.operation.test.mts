import { describe, expect, it } from 'vitest';

import { getPageContents } from '../../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { inOneLine, runOperation } from '../../../support/unit/stub-site.mts';
import { id, path } from '../../../support/unit/page-fields.mts';

describe('getPageContents', () => {
	const SAMPLE =
		'<content revision="3" type="text/html" title="Article test"><body>&lt;p&gt;After &amp;amp; before &amp;lt;b&amp;gt;&lt;/p&gt;</body><body target="toc">&lt;ol&gt;&lt;li&gt;Goal&lt;/li&gt;&lt;/ol&gt;</body></content>';
	const html = { page: id('42'), format: 'html' };

	it('getPageContents returns the HTML as the site has it', async () => {
		const { items, calls } = await runOperation(getPageContents, html, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/42/contents?format=html&mode=view']);
		expect(items).toEqual([
			{
				page: { id: '42' },
				title: 'Article test',
				revision: 3,
				format: 'html',
				type: 'text/html',
				contents: '<p>After &amp; before &lt;b&gt;</p>',
			},
		]);
	});

	it('getPageContents requests mode and revision, and adds the table of contents', async () => {
		const options = { mode: 'raw', revision: 3, includeToc: true };
		const parameters = { page: path('A b'), format: 'html', options };
		const { items, calls } = await runOperation(getPageContents, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/=A%2520b/contents?format=html&mode=raw&revision=3',
		]);
		expect(items[0]).toMatchObject({ tableOfContents: '<ol><li>Goal</li></ol>' });
		expect(items[0]).toMatchObject({ page: { path: 'A b' } });
	});

	it.each([
		['one body', '<content revision="1"><body>a</body></content>', 'a'],
		['an empty body', '<content revision="1"><body/></content>', ''],
		['no body', '<content revision="1"/>', ''],
		[
			'the table first',
			'<content revision="1"><body target="toc">t</body><body>a</body></content>',
			'a',
		],
		['an empty table', '<content revision="1"><body>a</body><body target="toc"/></content>', 'a'],
	])('getPageContents reads %s', async (_case, body, contents) => {
		const parameters = { ...html, options: { includeToc: true } };
		const { items } = await runOperation(getPageContents, parameters, [body]);
		expect(items[0]).toMatchObject({ contents, revision: 1 });
	});

	it('getPageContents returns the type of the response when it is not the requested one', async () => {
		const body = '<content type="application/x.deki-text" revision="1"><body>a</body></content>';
		const { items } = await runOperation(getPageContents, html, [{ status: 203, body }]);
		expect(items).toMatchObject([{ format: 'html', type: 'application/x.deki-text' }]);
	});

	it('getPageContents accepts text inside XML and plain text', async () => {
		const text = { page: id('42'), format: 'text' };
		const xml = '<content type="text/plain" revision="1" title="T"><body>a &lt; b</body></content>';
		const wrapped = await runOperation(getPageContents, text, [xml]);
		expect(wrapped.calls.map(inOneLine)).toEqual(['GET /pages/42/contents?format=text&mode=view']);
		expect(wrapped.items).toMatchObject([
			{ format: 'text', type: 'text/plain', contents: 'a < b' },
		]);
		const type = 'text/plain; charset=utf-8';
		const alone = await runOperation(getPageContents, text, [{ type, body: 'a < b\n<p>' }]);
		expect(alone.items).toEqual([
			{ page: { id: '42' }, format: 'text', type: 'text/plain', contents: 'a < b\n<p>' },
		]);
		const empty = await runOperation(getPageContents, text, [{ type }]);
		expect(empty.items).toMatchObject([{ contents: '' }]);
	});

	it.each([
		['a login page', { type: 'text/html', body: '<html>' }, /web page/],
		['another document', '<other/>', /unexpected response/],
		['nothing', '', /unexpected response/],
		['half a document', '<content><body>', /unexpected response/],
	])('getPageContents does not accept %s as contents', async (_case, response, message) => {
		await expect(runOperation(getPageContents, html, [response])).rejects.toThrow(message);
	});

	it.each([
		[{ format: 'pdf' }, '"pdf" is not a choice for "Format"'],
		[{ format: 'html', options: { mode: 'print' } }, '"print" is not a choice for "Mode"'],
		[{ format: 'html', options: { revision: 'two' } }, '"two" is not the number of a revision'],
		[{ format: 'html', options: { revision: -1 } }, '"-1" is not the number of a revision'],
	])('getPageContents refuses %j before any call', async (parameters, message) => {
		const run = runOperation(getPageContents, { page: id('42'), ...parameters });
		await expect(run).rejects.toThrow(message);
	});
});
