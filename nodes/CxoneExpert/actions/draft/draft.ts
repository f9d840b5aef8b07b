import type { ApiCall } from '../../api/client';
import { refuseWithout, type StatusMessage, type StatusMessages, type UserMessage } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { attribute, type XmlElement } from '../../api/xml';
import { type Allow, refusedUnlessAllowed } from '../overrides';
import { refuse } from '../../parameters/field';
import type { Reference } from '../../parameters/locator';
import type { OperationContext } from '../core/operation';
import { notFound } from '../../api/expert-site';
import { OWN } from '../find-page';
import type { TagCalls } from '../tag/tags';
import { readAfterwards } from '../write';

/**
 * @param rest of the path behind the draft
 * @param doing up to the name of the page
 */
export function draftCall(
	method: ApiCall['method'],
	{ key, label }: Reference,
	rest: string,
	doing: string,
	messages = draftMessages(label),
) {
	const query = method === 'GET' ? {} : OWN;
	return { method, path: `/drafts/${key}${rest}`, query, doing: `${doing} ${label}`, messages };
}

/**
 * Publishes or removes a draft. The response names an address only (docs/vendor-facts.md#drafts), so GET /pages/{id}
 * follows. A page is always left: one that is a draft only can be published, but cannot lose its draft.
 *
 * @param done what is true once the call has succeeded
 * @returns the page
 */
export async function endDraft(
	{ site }: OperationContext,
	{ key, label }: Reference,
	call: ApiCall,
	done: string,
): Promise<XmlElement> {
	await site.write(call, 'draft', (draft) => (isInactive(draft) ? undefined : STILL_THERE));
	return await readAfterwards(`The draft of ${label} ${done}`, readPage(site, key, label));
}

const STILL_THERE = 'The draft is still there.';

/** GET /drafts/{id}; refuses a page without a draft, for which sites respond 404 or with an inactive one. */
export async function readDraft({ site }: OperationContext, page: Reference): Promise<XmlElement> {
	const draft = await site.read(draftCall('GET', page, '', 'read the draft of'), 'draft');
	return isInactive(draft) ? refuse(noDraft(page.label)) : draft;
}

/** Refuses a draft without a state: nobody would know whether it is there. */
export function isInactive(draft: XmlElement): boolean {
	const state = attribute(draft, 'state') ?? refuseWithout('draft/@state', 'read a draft');
	return state === 'inactive';
}

function noDraft(label: string): StatusMessage {
	return notFound(`draft of ${label}`, {
		description:
			'It may have been published or removed, or the page does not exist. Check the values in the node, or create a draft first with Draft > Create or Update.',
		toModel:
			'It may have been published or removed, or the page does not exist. Check how you named the page. If you have a tool that reads the page, use it.',
	});
}

export const NO_DRAFT_RIGHTS: UserMessage = {
	message: 'Expert did not allow this for a draft',
	description:
		'The user of the token may lack the right to work with drafts of this page, or the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

function draftConflict(label: string): StatusMessage {
	return {
		message: `Expert cannot do this with the draft of ${label} as it is now`,
		description:
			'Somebody may have changed, published or removed the draft at the same moment, or another page has its path. Open the draft in Expert, then try again.',
		isWhole: true,
	};
}

/**
 * Explains refusals of calls about an existing draft.
 *
 * @param allow of a call that has this parameter
 */
export function draftMessages(label: string, allow?: Allow): StatusMessages {
	const conflict = draftConflict(label);
	const always = { 403: NO_DRAFT_RIGHTS, 404: noDraft(label), 409: conflict };
	return allow === undefined ? always : { ...always, ...refusedUnlessAllowed(allow, conflict) };
}

export function draftTagCalls(draft: Reference): TagCalls {
	return {
		read: draftCall('GET', draft, '/tags', 'read the tags of the draft of'),
		write: draftCall('PUT', draft, '/tags', 'change the tags of the draft of'),
	};
}
