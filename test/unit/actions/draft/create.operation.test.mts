import { describe, expect, it } from 'vitest';

import { createDraft } from '../../../../nodes/CxoneExpert/actions/draft/create.operation.ts';
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

const page = { mode: 'id', value: '147' };

const xml = 'application/xml; charset=utf-8';

describe('createDraft', () => {
	it('createDraft activates the draft of an existing page', async () => {
		const run = await runOperation(createDraft, { page }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'POST', url: '/drafts/147/activate', type: xml }]);
	});

	it('createDraft creates a new page whose path is encoded twice', async () => {
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

	it('createDraft saves contents and title as plain text with its charset', async () => {
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

	it('createDraft does not treat a conflict with status 200 as saved', async () => {
		const parameters = { page, options: { contents: 'x' } };
		const { message } = await refusalOf(createDraft, parameters, [
			SAMPLE,
			'<edit status="conflict"/>',
		]);
		expect(message).toContain('cannot do this with the draft of page 147');
	});

	it('createDraft says that the draft exists when only its text was not saved', async () => {
		const parameters = { page, options: { contents: 'x' } };
		const answers = [SAMPLE, { status: 500, body: '' }];
		const { message } = await refusalOf(createDraft, parameters, answers);
		expect(message).toContain('save the text of the draft of page 147, which is there already');
	});

	it('createDraft creates nothing for a title without contents', async () => {
		const { message } = await refusalOf(createDraft, { page, options: { title: 'A' } });
		expect(message).toBe('The draft has a title but no contents');
	});

	it('createDraft creates nothing without a path', async () => {
		const { message } = await refusalOf(createDraft, { from: 'newPage', path: ' ' });
		expect(message).toBe('"Path" is empty');
	});

	it('createDraft says that the path of a new page is taken', async () => {
		const parameters = { from: 'newPage', path: 'A/B' };
		const { message } = await refusalOf(createDraft, parameters, [{ status: 409, body: '' }]);
		expect(message).toContain('There already is a page "A/B", or a draft of it');
	});
});
