import { describe, expect, it } from 'vitest';

import { createDraft } from '../../../../nodes/CxoneExpert/actions/draft/create.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM, page } from '../../../support/unit/draft-samples.mts';

describe('createDraft', () => {
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

	it('createDraft returns the draft as it was created when the response to its text has none', async () => {
		const parameters = { page, options: { contents: 'x' } };
		const run = await runOperation(createDraft, parameters, [SAMPLE, '<edit status="success"/>']);
		expect(onlyItem(run)).toEqual(ITEM);
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
});
