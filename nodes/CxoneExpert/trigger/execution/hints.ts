import type { IExecuteFunctions } from 'n8n-workflow';

import { counted } from '../../api/expert-error';

export function hint(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, location: 'outputPane' });
}

/**
 * For the workflow author, who would look for these events in vain.
 *
 * @param why follows "… were left out"
 * @param thing what is counted
 */
export function hintLeftOut(
	context: IExecuteFunctions,
	count: number,
	why: string,
	thing = 'event',
): void {
	if (count === 0) return;
	hint(context, `${counted(count, `${thing} was`, `${thing}s were`)} left out${why}`);
}
