import type { FunctionsBase } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { asExpertError, credentialRefusal, refusal, type UserMessage } from '../../api/expert-error';
import { firstArchivedPages } from '../../api/pages';
import { siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import type { ChangeKind } from '../../event/change';
import { hashOf } from '../../event/event-name';
import type { StaticDataContext } from '../../n8n/static-data';
import { FilterUsers, logUsers } from '../state/filter-users';
import { kindsOf } from '../state/wanted-changes';
import type { TriggerParameters } from '../parameters';
import { deadPaths, logDeadPaths } from '../publish/paths';
import { NO_CREDENTIAL, readCredential } from '../read-credential';

/** The changes that a poll looks for, and the site. */
export interface Settings {
	credential: ExpertCredential;
	parameters: TriggerParameters;
	/** Origin of the site. */
	site: string;
	kinds: ReadonlySet<ChangeKind>;
	/** Hash of the kinds: events are named for them. */
	for: string;
}

/** @throws ExpertError if n8n does not give the credential */
export async function settingsOf(
	context: Pick<FunctionsBase, 'getCredentials'>,
	parameters: TriggerParameters,
): Promise<Settings> {
	const credential = await readCredential(context);
	if (credential === undefined) throw credentialRefusal(NO_CREDENTIAL);
	const kinds = kindsOf(parameters);
	const site = siteOrigin(credential.siteUrl) ?? '';
	return { credential, parameters, kinds, site, for: hashOf([...kinds]) };
}

/**
 * Checks the settings when publishing, and says which of the filters lead nowhere.
 *
 * @throws ExpertError if polls with these settings would find nothing
 */
export async function checkSettings(
	context: StaticDataContext & Pick<FunctionsBase, 'logger'>,
	api: ApiClient,
	{ credential, kinds, parameters }: Settings,
): Promise<void> {
	if (kinds.size === 0) throw refusal(NO_EVENTS);
	await currentUser(api).catch((thrown: unknown) => {
		throw withExpiry(asExpertError(thrown), credential);
	});
	if (kinds.has('deleted')) {
		await firstArchivedPages(api).catch((thrown: unknown) => {
			const error = asExpertError(thrown);
			throw error.isRefusal ? error.with({ says: NEEDS_ADMIN }) : error;
		});
	}
	logUsers(context, await new FilterUsers(context, credential, parameters).find(api));
	logDeadPaths(context, await deadPaths(api, parameters));
}

/** @param before origin of the site until now */
export const newSite = (node: string, before = '') =>
	`CXone Expert: "${node}" asks another site from now on, as its credential has another Site URL. What has changed at ${before} since the last poll is not looked for. Publish the workflow again, so that n8n stores where the new one begins.`;

const NO_EVENTS: UserMessage = {
	message: "Nothing is chosen under 'Trigger On'",
	description: 'Choose at least one event.',
};

export const NEEDS_ADMIN: UserMessage = {
	message: "'Page Deleted' needs the token of an admin",
	description:
		"Only admins may see deleted pages. Give the user of the token the Admin role in Expert, or remove 'Page Deleted' from 'Trigger On'.",
};
