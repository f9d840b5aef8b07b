import type { IExecuteFunctions } from 'n8n-workflow';

import { counted } from '../../api/expert-error';
import { showHint } from '../../api/node-error';

/**
 * Tells the workflow author, who would look for these items in vain.
 *
 * @param thing what is counted
 */
export function hintLeftOut(
	context: IExecuteFunctions,
	count: number,
	message: (things: string) => string,
	thing = 'event',
): void {
	const things = counted(count, `${thing} was`, `${thing}s were`);
	if (count > 0) showHint(context, message(things));
}
