import type { Advice, StatusAdvice } from '../../shared/failure-messages';
import type { XmlElement } from '../../api/xml';
import type { OperationRun } from '../core/operation-context';

/** POST /drafts/{id}/{step}: each answers with the draft as it is afterwards. */
export async function draftStep(
	run: OperationRun,
	step: { key: string; name: string; doing: string; advice: StatusAdvice },
): Promise<XmlElement> {
	const { key, name, doing, advice } = step;
	return await run.expert.read(
		{ method: 'POST', path: `/drafts/${key}/${name}`, doing, advice },
		'draft',
	);
}

/** @param words the page, as in `page 42` */
function noDraft(words: string): Advice {
	return {
		message: `There is no draft of ${words}`,
		description:
			'It may have been published or removed meanwhile, or the page is not there. Create a draft with Draft > Create first, and check what is entered in the node.',
	};
}

export const NO_DRAFT_RIGHTS: Advice = {
	message: 'Expert did not allow this with a draft',
	description:
		'The user of the token needs the right to work with drafts of this page, or the token has run out: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

/** @param words the page, as in `page 42` */
export function draftConflict(words: string): Advice {
	return {
		message: `Expert cannot do this with the draft of ${words} as it is now`,
		description:
			'Somebody may have changed, published or removed the draft at the same moment, or another page has its path. Open the draft in Expert, then try again.',
	};
}

/** What a refusal means for a call about an existing draft. */
export function draftAdvice(words: string): StatusAdvice {
	return { 403: NO_DRAFT_RIGHTS, 404: noDraft(words), 409: draftConflict(words) };
}
