import type { StatusMessages } from '../../shared/failure-messages';
import { locatorField } from '../input/fields';
import { locatorValue, nothingNamed } from '../input/named-thing';
import type { OperationContext } from '../core/operation-context';

export const archivedPage = locatorField('searchArchivedPages', {
	displayName: 'Archived Page',
	name: 'archivedPage',
	default: { mode: 'id', value: '={{ $json.page.id }}' },
	description:
		'The deleted page. Drag the page ID of an item of a "Page Deleted" event into this field, or choose the page from the list.',
});

/** The number of the page: a deleted page has no address and no path to be found by. */
export function archivedPageId(run: OperationContext): string {
	const { text } = locatorValue(run.parameter('archivedPage'), 'page');
	if (/^\d+$/.test(text)) return text;
	if (text === '') {
		return run.site.refuse(nothingNamed('archived page', '{{ $json.page.id }}'));
	}
	return run.site.refuse({
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
				'It may have been restored or removed for good already, or it was never deleted. Check the ID; Page > Get finds a page that is there.',
		},
	};
}

export const ADMINS_ONLY = {
	message: 'Expert lets only admins see the archive',
	description:
		'Use a token of a user with the Admin role. If it is one, the token may have run out: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential.',
};
