import type { FunctionsBase } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { asExpertError, refusal, type UserMessage } from '../../api/expert-error';
import { firstArchivedPages } from '../../api/pages';
import { siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import type { ChangeKind } from '../../event/change';
import { hashOf } from '../../event/event-name';
import type { StaticDataContext } from '../../n8n/static-data';
import { findReach } from '../changes/changed-pages';
import { FilterUsers } from '../node/users';
import { branchesOf, kindsOf } from '../node/wanted-changes';
import type { TriggerParameters } from '../parameters';
import { NO_CREDENTIAL, readCredential } from '../read-credential';

/** What a poll looks for, and where. */
export interface Settings {
	credential: ExpertCredential;
	parameters: TriggerParameters;
	/** Origin of the site. */
	site: string;
	kinds: ReadonlySet<ChangeKind>;
	/** Names the events and filters. */
	for: string;
}

/** @throws ExpertError if n8n does not give the credential */
export async function settingsOf(
	context: Pick<FunctionsBase, 'getCredentials'>,
	parameters: TriggerParameters,
): Promise<Settings> {
	const credential = await readCredential(context);
	if (credential === undefined) throw refusal(NO_CREDENTIAL);
	const kinds = kindsOf(parameters);
	const wanted = hashOf([[...kinds], parameters.filters]);
	return { credential, parameters, kinds, site: siteOrigin(credential.siteUrl) ?? '', for: wanted };
}

/** @throws ExpertError if polls with these settings would find nothing */
export async function checkSettings(
	api: ApiClient,
	{ credential, kinds }: Settings,
): Promise<void> {
	if (kinds.size === 0) throw refusal(NO_EVENTS);
	await currentUser(api).catch((thrown: unknown) => {
		throw withExpiry(asExpertError(thrown), credential);
	});
	if (!kinds.has('deleted')) return;
	await firstArchivedPages(api).catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		throw error.isRefusal ? error.with({ says: NEEDS_ADMIN }) : error;
	});
}

/** @throws ExpertError if each poll would have to walk the whole site */
export async function checkReach(
	api: ApiClient,
	{ kinds, parameters, site }: Settings,
): Promise<void> {
	const isOfPages = kinds.has('created') || kinds.has('edited');
	if (!isOfPages || branchesOf(parameters).length > 0) return;
	if ((await findReach(api, site)) === 'children') throw refusal(NEEDS_BRANCHES);
}

/** Who the users in the filters are. */
export async function lookUpUsers(
	context: StaticDataContext,
	api: ApiClient,
	{ credential, parameters }: Settings,
): Promise<void> {
	const users = new FilterUsers(context, credential, parameters);
	if (!users.areKnown) await users.find(api);
}

const NO_EVENTS: UserMessage = {
	message: "Nothing is chosen under 'Trigger On'",
	description: 'Choose at least one event.',
};

export const NEEDS_ADMIN: UserMessage = {
	message: "'Page Deleted' needs the token of an admin",
	description:
		"Only admins may see deleted pages. Give the user of the token the Admin role in Expert, or remove 'Page Deleted' from 'Trigger On'.",
};

const NEEDS_BRANCHES: UserMessage = {
	message: 'This site can only be searched branch by branch',
	description:
		"Name the branches to look at in the filter 'Page Paths', such as Guides/Setup. Each of their pages with subpages costs a call.",
};
