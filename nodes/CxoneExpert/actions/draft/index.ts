import type { Resource } from '../core/resource';
import { createDraft } from './create.operation';
import { deactivateDraft } from './deactivate.operation';
import { getDraft } from './get.operation';
import { publishDraft } from './publish.operation';

export const draftResource: Resource = {
	value: 'draft',
	name: 'Draft',
	description: 'A version of a page that readers do not see yet',
	operations: [createDraft, deactivateDraft, getDraft, publishDraft],
};
