import { describe, expect, it } from 'vitest';

import { createDraft } from '../../../../nodes/CxoneExpert/actions/draft/create.operation.ts';
import { deactivateDraft } from '../../../../nodes/CxoneExpert/actions/draft/deactivate.operation.ts';
import { getDraft } from '../../../../nodes/CxoneExpert/actions/draft/get.operation.ts';
import { publishDraft } from '../../../../nodes/CxoneExpert/actions/draft/publish.operation.ts';
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
const xml = 'application/xml; charset=utf-8';

describe('get', () => {
	it('reads the sample of the specification', async () => {
		const run = await runOperation(getDraft, { page }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/drafts/147' }]);
	});

	it('gives the element as it is when nothing is to be simplified', async () => {
		const run = await runOperation(getDraft, { page, simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ '@deactivate': 'false', namespace: 'main' });
	});

	it('adds the text without the table of contents', async () => {
		const parameters = { page, options: { includeContents: true } };
		const run = await runOperation(getDraft, parameters, [SAMPLE, CONTENTS]);
		expect(onlyItem(run)).toEqual({ ...ITEM, contents: '<p>Größe &amp; more</p>' });
		expect(run.calls[1]).toEqual({ method: 'GET', url: '/drafts/147/contents' });
	});

	it('asks for no text where there is no draft', async () => {
		const parameters = { page, options: { includeContents: true } };
		const none = SAMPLE.replace('unpublished', 'inactive');
		const run = await runOperation(getDraft, parameters, [none]);
		expect(onlyItem(run)).toEqual({ ...ITEM, state: 'inactive' });
	});

	it.each([
		[404, 'There is no draft of page 147 (404) while n8n tried to read the draft of page 147'],
		[403, 'Expert did not allow this for a draft (403)'],
	])('says what %i means', async (status, words) => {
		const { message } = await refusalOf(getDraft, { page }, [{ status, body: '' }]);
		expect(message).toContain(words);
	});
});

describe('create', () => {
	it('begins the draft of a page', async () => {
		const run = await runOperation(createDraft, { page }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'POST', url: '/drafts/147/activate', type: xml }]);
	});

	it('begins a new page, its path encoded twice', async () => {
		const parameters = { from: 'newPage', path: '/Guides/Größe & 100%/' };
		const { calls } = await runOperation(createDraft, parameters, [SAMPLE]);
		expect(calls).toEqual([
			{
				method: 'POST',
				url: '/drafts/=Guides%252FGr%25C3%25B6%25C3%259Fe%2520%2526%2520100%2525/create',
				type: xml,
			},
		]);
	});

	it('saves contents and title as plain text with its charset', async () => {
		const contents = '<p>Größe&nbsp;<br></p>';
		const parameters = { page, options: { contents, title: 'A & B' } };
		const edit = `<edit status="success">${SAMPLE.replace('revision="1"', 'revision="2"')}</edit>`;
		const run = await runOperation(createDraft, parameters, [SAMPLE, edit]);
		expect(onlyItem(run)).toEqual({ ...ITEM, revision: 2 });
		expect(run.calls[1]).toEqual({
			method: 'POST',
			url: '/drafts/147/contents?edittime=now&title=A+%26+B',
			type: 'text/plain; charset=utf-8',
			body: contents,
		});
	});

	it('does not take a conflict with status 200 for saved', async () => {
		const parameters = { page, options: { contents: 'x' } };
		const { message } = await refusalOf(createDraft, parameters, [
			SAMPLE,
			'<edit status="conflict"/>',
		]);
		expect(message).toContain('cannot do this with the draft of page 147');
	});

	it('says that the draft is there when only its text was not saved', async () => {
		const parameters = { page, options: { contents: 'x' } };
		const answers = [SAMPLE, { status: 500, body: '' }];
		const { message } = await refusalOf(createDraft, parameters, answers);
		expect(message).toContain('save the text of the draft of page 147, which is there already');
	});

	it('makes nothing of a title without contents', async () => {
		const { message } = await refusalOf(createDraft, { page, options: { title: 'A' } });
		expect(message).toBe('The draft has a title but no contents');
	});

	it('makes nothing without a path', async () => {
		const { message } = await refusalOf(createDraft, { from: 'newPage', path: ' ' });
		expect(message).toBe('"Path" is empty');
	});

	it('says where a page is already', async () => {
		const parameters = { from: 'newPage', path: 'A/B' };
		const { message } = await refusalOf(createDraft, parameters, [{ status: 409, body: '' }]);
		expect(message).toContain('There already is a page "A/B", or a draft of it');
	});
});

it.each([
	['publish', publishDraft],
	['deactivate', deactivateDraft],
])('%s is one call', async (name, operation) => {
	const run = await runOperation(operation, { page }, [SAMPLE.replace('unpublished', 'inactive')]);
	expect(onlyItem(run)).toEqual({ ...ITEM, state: 'inactive' });
	expect(run.calls).toEqual([{ method: 'POST', url: `/drafts/147/${name}`, type: xml }]);
	const conflict = await refusalOf(operation, { page }, [{ status: 409, body: '' }]);
	expect(conflict.message).toContain('cannot do this with the draft of page 147');
	const none = await refusalOf(operation, { page }, [{ status: 404, body: '' }]);
	expect(none.message).toContain('There is no draft of page 147');
});
