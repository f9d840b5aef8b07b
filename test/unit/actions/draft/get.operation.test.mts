import { describe, expect, it } from 'vitest';

import { getDraft } from '../../../../nodes/CxoneExpert/actions/draft/get.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM, page } from '../../../support/unit/draft-samples.mts';

const CONTENTS =
	'<content draft="true" revision="3" type="text/html" title="A"><body>&lt;p&gt;Größe &amp;amp; more&lt;/p&gt;</body><body target="toc">&lt;ol/&gt;</body></content>';

describe('getDraft', () => {
	it('getDraft returns the sample of the specification as an item', async () => {
		const run = await runOperation(getDraft, { page }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/drafts/147' }]);
	});

	it('getDraft returns the element of the site when Simplify is off', async () => {
		const run = await runOperation(getDraft, { page, simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ '@deactivate': 'false', namespace: 'main' });
	});

	it('getDraft adds the text without the table of contents', async () => {
		const parameters = { page, options: { includeContents: true } };
		const run = await runOperation(getDraft, parameters, [SAMPLE, CONTENTS]);
		expect(onlyItem(run)).toEqual({ ...ITEM, contents: '<p>Größe &amp; more</p>' });
		expect(run.calls[1]).toEqual({ method: 'GET', url: '/drafts/147/contents' });
	});

	it.each([
		['x?mt-draft=true', 'x'],
		['x?a=b&mt-draft=true', 'x?a=b'],
		['x?mt-draft=true&amp;a=b#c', 'x?a=b#c'],
		['x?mt-draft=true#c', 'x#c'],
		['Größe_日本', 'Größe_日本'],
	])('getDraft names the page for %s where there is no draft', async (address, url) => {
		const draft = `<draft state="inactive"><uri.ui>${address.replace('&mt', '&amp;mt')}</uri.ui></draft>`;
		expect(onlyItem(await runOperation(getDraft, { page }, [draft]))).toMatchObject({ url });
	});

	it('getDraft does not fetch a text when there is no draft', async () => {
		const parameters = { page, options: { includeContents: true } };
		const none = SAMPLE.replace('unpublished', 'inactive');
		const run = await runOperation(getDraft, parameters, [none]);
		const url = 'https://site.example/Another_Test';
		expect(onlyItem(run)).toEqual({ ...ITEM, state: 'inactive', url });
	});

	it.each([
		[404, 'There is no draft of page 147'],
		[403, 'Expert did not allow this for a draft (403)'],
	])('getDraft explains status %i', async (status, words) => {
		const { message } = await refusalOf(getDraft, { page }, [{ status, body: '' }]);
		expect(message).toContain(words);
	});
});
