import type { XmlElement } from '../../api/xml';
import type { StatusMessage, StatusMessages, UserMessage } from '../../api/expert-error';
import type { OperationContext } from '../operation';
import type { PageReference } from '../page-field';
import { notFound } from '../site';

/**
 * POST /drafts/{id}/{step}: each responds with the draft as it is afterwards.
 *
 * @param doing what n8n tries to do, up to the name of the page
 */
export async function draftStep(
	run: OperationContext,
	{ key, label }: PageReference,
	step: string,
	doing: string,
	messages = draftMessages(label),
): Promise<XmlElement> {
	const path = `/drafts/${key}/${step}`;
	const call = { method: 'POST', path, doing: `${doing} ${label}`, messages } as const;
	return await run.site.read(call, 'draft');
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
