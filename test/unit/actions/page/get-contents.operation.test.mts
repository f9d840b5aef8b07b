import { describe, expect, it } from 'vitest';

import { getPageContents } from '../../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { id } from '../../../support/unit/page-fields.mts';

describe('getPageContents', () => {
	const html = { page: id('42'), format: 'html' };

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
