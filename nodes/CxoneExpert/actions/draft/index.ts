import type { Resource } from '../core/resource';
import { createOrUpdateDraft } from './create-or-update.operation';
import { deactivateDraft } from './deactivate.operation';
import { getDraftContents } from './get-contents.operation';
import { getManyDrafts } from './get-many.operation';
import { getDraft } from './get.operation';
import { publishDraft } from './publish.operation';
import { replaceTextInDraft } from './replace-text.operation';

export const draftResource: Resource = {
	value: 'draft',
	name: 'Draft',
	description: 'A version of a page that readers do not see yet',
	operations: [
		createOrUpdateDraft,
		deactivateDraft,
		getDraft,
		getDraftContents,
		getManyDrafts,
		publishDraft,
		replaceTextInDraft,
	],
};
