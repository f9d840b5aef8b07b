import type { IHookFunctions } from 'n8n-workflow';

import { failureText } from '../../shared/failure-messages';
import type { ExpertCredential } from '../../api/credential';
import type { ApiClient } from '../../api/client';
import { readParameters } from '../parameters';
import type { Result } from '../../api/result';
import type { SyncResult } from '../subscription/sync';
import { lookupKey, storeIds } from './stored-ids';
import { findUserIds, type FoundUsers, isAnyWanted, wantedUsers } from './user-ids';

/**
 * Publishes, and keeps the ids of the users in the filters once that has worked. When our own user is
 * wanted and cannot be found, nothing is published.
 */
export async function publishKnowingUsers(
	context: IHookFunctions,
	credential: ExpertCredential,
	api: ApiClient,
	publish: () => Promise<Result<SyncResult>>,
): Promise<Result<SyncResult>> {
	const wanted = wantedUsers(readParameters(context));
	const found = await findUserIds(api, wanted);
	if (!found.ok) return found;
	const published = await publish();
	if (!published.ok) return published;
	const isComplete = found.value.failure === undefined;
	const ids = isComplete && isAnyWanted(wanted) ? found.value.ids : undefined;
	storeIds(context, lookupKey(wanted, credential), ids);
	warn(context, found.value);
	return published;
}

function warn({ logger }: IHookFunctions, { unknown, failure }: FoundUsers): void {
	for (const name of unknown) {
		logger.warn(
			`The CXone Expert site has no user "${printable(name)}", whom "Exclude Users" names in the trigger. Check the name, or enter the user's ID, and publish again. Until then only events that carry this name are held back.`,
		);
	}
	if (failure === undefined) return;
	logger.warn(
		`The workflow is published, but the CXone Expert site did not say who the users in "Exclude Users" are. The trigger asks again when it needs to know. ${failureText(failure)}`,
	);
}

/** The log must stay one line for each message. */
function printable(name: string): string {
	return name.replace(/\p{C}/gu, '?').slice(0, 100);
}
