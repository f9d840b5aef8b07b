import type { ExpertCredential } from '../../api/credential';
import type { Message } from '../event/parse';
import { filterEvents, namesUserId } from '../event/wanted';
import { FilterUsers, isAnyWanted, wantedUsers } from '../publish/users';
import { type DeliveryContext, isTest } from './context';

/**
 * The message with only the events that the workflow author has asked for; `undefined` when none is
 * left.
 *
 * @param credential what the delivery was verified with
 */
export function filterDelivery(
	message: Message,
	credential: ExpertCredential,
	{ n8n, parameters }: Pick<DeliveryContext, 'n8n' | 'parameters'>,
): Message | undefined {
	const filtered = filterEvents(message, parameters);
	const isDecided = filtered === undefined || !isAnyWanted(wantedUsers(parameters));
	if (isDecided || !namesUserId(filtered)) return filtered;
	const users = new FilterUsers(n8n, credential, parameters);
	if (!isTest(n8n)) users.store();
	return filterEvents(filtered, parameters, users.ids);
}
