import { asExpertError, ExpertError, refuseWithout, type StatusMessages } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { attribute, type XmlElement } from '../../api/xml';
import { type Allow, allowFor, refusedUnlessAllowed } from '../overrides';
import { onlyEntered, refuse } from '../../parameters/field';
import type { Reference } from '../../parameters/locator';
import type { OperationContext } from '../core/operation';
import { notFound } from '../../api/expert-site';
import { isOther, leadsElsewhere, pageToWrite } from '../find-page';
import type { PageReference } from '../page-reference';
import { refuseIfEdited, type SaveCondition } from '../write';
import { draftCall, isInactive, NO_DRAFT_RIGHTS } from './draft';

/** A draft by its ID, because its path can belong to another page by now. */
export interface DraftToWrite extends Reference {
	/** Whether this run has created it. */
	created: boolean;
	element: XmlElement;
}

/** The first values of a new page. */
interface Beginning {
	/** Article type. */
	type: string;
	title: string;
	allow: Allow;
}

/** Finds the draft of a page, or creates it. If two runs do so at once, one of them creates it. */
export async function draftToWrite(
	run: OperationContext,
	named: PageReference,
	beginning: Beginning,
	condition: SaveCondition,
): Promise<DraftToWrite> {
	const allow = allowFor('drafts/create', beginning.allow);
	const messages = createMessages(named.label, allow);
	const page = await pageToWrite(run, named, messages, allow);
	if (!page.isMissing) return await draftOfPage(run, page, condition);
	const call = draftCall('POST', page, '/create', 'create the draft of a new', messages);
	const query = { ...call.query, ...onlyEntered({ ...beginning, allow: allow.value }) };
	return await createdOr(run.site.write({ ...call, query }, 'draft', noDraftMade), page, async () => {
		const there = await pageToWrite(run, named, messages, allow);
		return there.isMissing ? undefined : await draftOfPage(run, there, condition);
	});
}

async function draftOfPage(
	run: OperationContext,
	page: PageReference,
	condition: SaveCondition,
): Promise<DraftToWrite> {
	const there = await existing(run, page);
	if (there !== undefined) return there;
	// Without a draft, somebody has read the page, or its draft until that was published.
	const messages = activateMessages(page);
	await refuseIfEdited(run, condition, 'page', async () => {
		return await readPage(run.site, page.key, page.label, {}, { messages });
	});
	const call = draftCall('POST', page, '/activate', 'create a draft of', messages);
	return await createdOr(run.site.write(call, 'draft', noDraftMade), page, () => existing(run, page));
}

function noDraftMade(draft: XmlElement): string | undefined {
	return isInactive(draft) ? 'The page has no draft.' : undefined;
}

async function existing({ site }: OperationContext, page: PageReference): Promise<DraftToWrite | undefined> {
	const call = draftCall('GET', page, '', 'read the draft of');
	const draft = await site.readIfExists(call, 'draft');
	return draft === undefined || isInactive(draft) ? undefined : byId(page, draft, false);
}

/** @param other what there is after a conflict: another run may have been faster, or this call came twice */
async function createdOr(
	creating: Promise<XmlElement>,
	page: PageReference,
	other: () => Promise<DraftToWrite | undefined>,
): Promise<DraftToWrite> {
	const made = await creating.catch(asExpertError);
	if (!(made instanceof ExpertError)) return byId(page, made, true);
	const there = made.status === 409 ? await other() : undefined;
	if (there === undefined) throw made;
	return there;
}

function byId(page: PageReference, draft: XmlElement, created: boolean): DraftToWrite {
	const { label } = page;
	const doing = `find the draft of ${label}${created ? ', which is there by now' : ''}`;
	const key = attribute(draft, 'id') ?? refuseWithout('draft/@id', doing);
	if (isOther(page, key)) refuse(leadsElsewhere(label, draft));
	return { key, label, created, element: draft };
}

const noPage = (label: string) =>
	notFound(label, {
		description:
			'It may have been moved, renamed or deleted, or the user of the token may not see it. For a draft of a new page, choose "By Path" and enter the path for it.',
		toModel:
			'It may have been moved, renamed or deleted, or the user of the token may not see it. For a draft of a new page, pass the whole path for it.',
	});

const activateMessages = ({ label }: PageReference): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	404: noPage(label),
	409: {
		message: `Expert did not create a draft of ${label}`,
		description: 'Open the page in Expert to see why, and try again.',
		isWhole: true,
	},
});

const createMessages = (label: string, allow: Allow): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	404: noPage(label),
	...refusedUnlessAllowed(allow, {
		message: `Expert did not create a draft of a new ${label}`,
		description: 'No page can have this path, or something is there that you may not see. Enter another path.',
		isWhole: true,
	}),
});
