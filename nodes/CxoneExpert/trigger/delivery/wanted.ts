import { idsForDelivery } from '../users/delivery';
import { isAnyWanted, wantedUsers } from '../users/user-ids';
import type { Message } from './parse';
import type { DeliveryContext } from './context';
import { namesUserId, filterDelivery } from './filter';

/**
 * What the builder wants of a message; `undefined` when it is nothing. Where that hangs on who a user
 * is and the site has not said so in time: `late`, and the next copy will find the answer.
 */
export async function selectWanted(
	message: Message,
	{ context, credential, parameters, deadline }: DeliveryContext,
): Promise<Message | undefined | 'late'> {
	const selected = filterDelivery(message, parameters);
	const wanted = wantedUsers(parameters);
	if (selected === undefined || !isAnyWanted(wanted) || !namesUserId(selected)) return selected;
	const ids = await deadline.within(idsForDelivery(context, credential, wanted));
	return ids === undefined ? 'late' : filterDelivery(selected, parameters, ids);
}
