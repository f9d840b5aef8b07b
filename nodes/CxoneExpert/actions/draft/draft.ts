import type { ApiCall } from '../../api/client';
import type { StatusMessage, StatusMessages, UserMessage } from '../../api/expert-error';
import type { PageReference } from '../page-reference';
import { notFound } from '../site';

/**
 * A call about the draft of a page; all but those about contents respond with the draft as it is
 * afterwards.
 *
 * @param rest of the path behind the draft
 * @param doing what n8n tries to do, up to the name of the page
 */
export function draftCall(
	method: ApiCall['method'],
	{ key, label }: PageReference,
	rest: string,
	doing: string,
	messages = draftMessages(label),
) {
	return { method, path: `/drafts/${key}${rest}`, doing: `${doing} ${label}`, messages };
}

/** @param label the page, as in `page 42` */
function noDraft(label: string): StatusMessage {
	return notFound(
		`draft of ${label}`,
		'It may have been published or removed, or the page does not exist. Check the values in the node, or create a draft first with Draft > Create.',
	);
}

export const NO_DRAFT_RIGHTS: UserMessage = {
	message: 'Expert did not allow this for a draft',
	description:
		'The user of the token may lack the right to work with drafts of this page, or the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

/** @param label the page, as in `page 42` */
export function draftConflict(label: string): StatusMessage {
	return {
		message: `Expert cannot do this with the draft of ${label} as it is now`,
		description:
			'Somebody may have changed, published or removed the draft at the same moment, or another page has its path. Open the draft in Expert, then try again.',
		isWhole: true,
	};
}

/** What a refusal means for a call about an existing draft. */
export function draftMessages(label: string): StatusMessages {
	return { 403: NO_DRAFT_RIGHTS, 404: noDraft(label), 409: draftConflict(label) };
}
