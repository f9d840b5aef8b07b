import type { Resource } from '../operation';
import { createDraft } from './create';
import { deactivateDraft } from './deactivate';
import { getDraft } from './get';
import { publishDraft } from './publish';

export const draftResource: Resource = {
	value: 'draft',
	name: 'Draft',
	description: 'A version of a page that readers do not see yet',
	operations: [createDraft, deactivateDraft, getDraft, publishDraft],
};
