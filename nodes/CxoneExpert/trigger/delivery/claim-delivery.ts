import { beforeDeadline } from '../../api/deadline';
import type { Claim } from '../ledger/claim';
import type { Arrival, Ledger } from '../ledger/ledger';
import type { FoundChange } from '../ledger/rows';
import { forgetOld } from '../watch/progress';
import type { DeliveryContext } from './context';

/**
 * Claims the delivery for this request. While a first copy is being worked on it waits for the end of that until the
 * deadline: `done` when the first was saved, a claim when it was not.
 */
export async function claimDelivery(
	ledger: Ledger,
	arrival: Arrival,
	{
		n8n,
		parameters,
		deadline,
		now,
	}: Pick<DeliveryContext, 'n8n' | 'parameters' | 'deadline' | 'now'>,
): Promise<Claim | 'done' | 'in progress' | 'too old'> {
	for (;;) {
		const claimed = ledger.claim(arrival);
		if (claimed !== 'in progress') {
			forgetOld(ledger, n8n, parameters, now);
			return claimed;
		}
		const settled = ledger.whenSettled(arrival).then(() => true);
		if ((await beforeDeadline(deadline, settled)) === undefined) {
			ledger.noteRetry(arrival);
			return 'in progress';
		}
	}
}

/** What was filtered out has come, too: no recovery need look for it. It is stored with the next delivery. */
export function noteUnwanted(
	ledger: Ledger,
	changes: FoundChange[],
	{ n8n, parameters, now }: Pick<DeliveryContext, 'n8n' | 'parameters' | 'now'>,
): void {
	for (const change of changes) ledger.note(change, 'done', Math.floor(now / 1000));
	// There may be no other delivery for long, nor a recovery.
	forgetOld(ledger, n8n, parameters, now);
}
