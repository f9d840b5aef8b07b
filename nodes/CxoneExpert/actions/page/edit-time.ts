import { asText, type OperationContext } from '../core/operation-context';
import { enteredTime } from '../input/time';

/** What the option "Edit Time" holds, as the API takes it: `yyyyMMddHHmmss` in UTC. */
export function editTime(run: OperationContext): string {
	const given = run.options.editTime;
	if (/^\d{14}$/.test(asText(given))) return asText(given);
	const time = new Date(enteredTime(run, 'Edit Time', given));
	return time.toISOString().slice(0, 19).replace(/\D/g, '');
}
