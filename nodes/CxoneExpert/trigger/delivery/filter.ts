import type { ExpertCredential } from '../../api/credential';
import { beforeDeadline } from '../../api/deadline';
import type { Message } from '../event/parse';
import { filterEvents, namesUserId } from '../event/wanted';
import { idsForDelivery } from '../users/delivery';
import { isAnyWanted, wantedUsers } from '../users/user-ids';
import type { DeliveryContext } from './context';

/**
 * The message with only the events that the workflow author has asked for; `undefined` when none is
 * left. Asks the site who its users are where that decides and nobody knows yet.
 *
 * @param credential what the delivery was verified with
 * @returns `late` when the site has not responded in time: the retry finds what it has said
 */
export async function filterDelivery(
	message: Message,
	credential: ExpertCredential,
	{ n8n, parameters, deadline }: Pick<DeliveryContext, 'n8n' | 'parameters' | 'deadline'>,
): Promise<Message | undefined | 'late'> {
	const filtered = filterEvents(message, parameters);
	const wanted = wantedUsers(parameters);
	if (filtered === undefined || !isAnyWanted(wanted) || !namesUserId(filtered)) return filtered;
	const ids = await beforeDeadline(deadline, idsForDelivery(n8n, credential, wanted));
	return ids === undefined ? 'late' : filterEvents(filtered, parameters, ids);
}
