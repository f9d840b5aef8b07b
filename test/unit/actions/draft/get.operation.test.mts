import { describe, expect, it } from 'vitest';

import { getDraft } from '../../../../nodes/CxoneExpert/actions/draft/get.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.5. */
const SAMPLE =
	'<draft id="147" href="https://site.example/@api/deki/drafts/147" state="unpublished" publish="true" deactivate="false" revision="1"><uri.ui>https://site.example/Another_Test?mt-draft=true</uri.ui><title>Another Test</title><namespace>main</namespace><path seo="true">Another_Test</path><contents href="https://site.example/@api/deki/drafts/147/contents"/><date.created>2023-08-31T19:28:05Z</date.created><date.edited>2023-08-31T19:28:05Z</date.edited><date.modified>2023-08-31T19:28:05Z</date.modified><timeuuid>81e79080-4834-11ee-80d0-b506ac953549</timeuuid></draft>';

const ITEM = {
	id: '147',
	path: 'Another_Test',
	title: 'Another Test',
	url: 'https://site.example/Another_Test?mt-draft=true',
	state: 'unpublished',
	revision: 1,
	createdAt: '2023-08-31T19:28:05Z',
	editedAt: '2023-08-31T19:28:05Z',
	modifiedAt: '2023-08-31T19:28:05Z',
};

const CONTENTS =
	'<content draft="true" revision="3" type="text/html" title="A"><body>&lt;p&gt;Größe &amp;amp; more&lt;/p&gt;</body><body target="toc">&lt;ol/&gt;</body></content>';

const page = { mode: 'id', value: '147' };

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

	it('getDraft does not fetch a text when there is no draft', async () => {
		const parameters = { page, options: { includeContents: true } };
		const none = SAMPLE.replace('unpublished', 'inactive');
		const run = await runOperation(getDraft, parameters, [none]);
		expect(onlyItem(run)).toEqual({ ...ITEM, state: 'inactive' });
	});

	it.each([
		[404, 'There is no draft of page 147 (404) while n8n tried to read the draft of page 147'],
		[403, 'Expert did not allow this for a draft (403)'],
	])('getDraft explains status %i', async (status, words) => {
		const { message } = await refusalOf(getDraft, { page }, [{ status, body: '' }]);
		expect(message).toContain(words);
	});
});
