import { describe, expect, it } from 'vitest';

import { createDraft } from '../../../../nodes/CxoneExpert/actions/draft/create.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM, page, xml } from '../../../support/unit/draft-samples.mts';

/** A path without a page. */
const NO_PAGE = { status: 404 };

describe('createDraft', () => {
	it('createDraft activates the draft of an existing page', async () => {
		const run = await runOperation(createDraft, { page }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'POST', url: '/drafts/147/activate', type: xml }]);
	});

	it('createDraft creates a new page whose path is encoded twice', async () => {
		const parameters = { draftOf: 'newPage', path: '/Guides/Größe & 100%/' };
		const { calls } = await runOperation(createDraft, parameters, [NO_PAGE, SAMPLE]);
		const [, create, ...others] = calls;
		expect([create, ...others]).toEqual([
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
		const responses = [SAMPLE, { status: 500, body: '' }];
		const { message } = await refusalOf(createDraft, parameters, responses);
		expect(message).toContain('save the text of the draft of page 147, which is there already');
	});

	it('createDraft creates nothing for a title without contents', async () => {
		const { message } = await refusalOf(createDraft, { page, options: { title: 'A' } });
		expect(message).toBe('The draft has a title but no contents');
	});

	it('createDraft creates nothing without a path', async () => {
		const { message } = await refusalOf(createDraft, { draftOf: 'newPage', path: ' ' });
		expect(message).toBe('"Path" is empty');
	});

	it('createDraft says that the path of a new page is taken', async () => {
		const parameters = { draftOf: 'newPage', path: 'A/B' };
		const { message } = await refusalOf(createDraft, parameters, [
			NO_PAGE,
			{ status: 409, body: '' },
		]);
		expect(message).toContain('There already is a page "A/B", or a draft of it');
	});
});
