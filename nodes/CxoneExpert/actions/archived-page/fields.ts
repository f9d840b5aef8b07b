import { ADMINS_ONLY, type StatusMessages } from '../../shared/failure-messages';
import type { Field } from '../core/field';
import { refuseInput } from '../core/input-problem';
import {
	fromItem,
	HOW_TO_LIST,
	locatorProperty,
	locatorValue,
	nothingNamed,
} from '../input/locator';

const property = locatorProperty('searchArchivedPages', {
	displayName: 'Archived Page',
	name: 'archivedPage',
	default: fromItem('{{ $json.page.id }}'),
	description: `The deleted page. Drag the page ID from an item of a "Page Deleted" event into this field, or choose the page from the list. ${HOW_TO_LIST}`,
});

/** The number of the page: a deleted page cannot be found by an address or a path. */
export const archivedPage: Field<string> = { property, read: archivedPageId };

function archivedPageId(entered: unknown): string {
	const { text } = locatorValue(entered, 'page');
	if (/^\d+$/.test(text)) return text;
	if (text === '') return refuseInput(nothingNamed('archived page', '{{ $json.page.id }}'));
	return refuseInput({
		message: `"${text.slice(0, 100)}" is not the ID of an archived page`,
		description:
			'An ID is a number, such as 42. A deleted page cannot be named by its path or address: choose it from the list.',
	});
}

/** What a refusal means for a call about one page in the archive. */
export function archiveMessages(id: string): StatusMessages {
	return {
		403: ADMINS_ONLY,
		404: {
			message: `Page ${id} is not in the archive`,
			description:
				'It may have been restored or permanently removed already, or it was never deleted. Check the ID; Page > Get finds a page that was not deleted.',
			isWhole: true,
		},
	};
}
