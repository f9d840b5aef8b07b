import { expect, it } from 'vitest';

import { deactivateDraft } from '../../../../nodes/CxoneExpert/actions/draft/deactivate.operation.ts';
import { publishDraft } from '../../../../nodes/CxoneExpert/actions/draft/publish.operation.ts';
import { ITEM, page, SAMPLE, xml } from '../../../support/unit/draft-samples.mts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

it.each([
	['publish', publishDraft],
	['deactivate', deactivateDraft],
])('draftStep: %s is one call', async (name, operation) => {
	const run = await runOperation(operation, { page }, [SAMPLE.replace('unpublished', 'inactive')]);
	const url = 'https://site.example/Another_Test';
	expect(onlyItem(run)).toEqual({ ...ITEM, state: 'inactive', url });
	expect(run.calls).toEqual([{ method: 'POST', url: `/drafts/147/${name}`, type: xml }]);
	const conflict = await refusalOf(operation, { page }, [{ status: 409, body: '' }]);
	expect(conflict.message).toContain('cannot do this with the draft of page 147');
	const none = await refusalOf(operation, { page }, [{ status: 404, body: '' }]);
	expect(none.message).toContain('There is no draft of page 147');
});
