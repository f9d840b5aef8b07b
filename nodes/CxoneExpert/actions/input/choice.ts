import type { INodePropertyOptions } from 'n8n-workflow';

import { asText, type OperationContext } from '../core/operation-context';

/**
 * What was chosen from a list, the first of it when nothing was. An expression can give anything, and
 * the site answers what it does not know as if nothing had been asked for.
 */
export function choice(
	run: OperationContext,
	label: string,
	value: unknown,
	options: INodePropertyOptions[],
): string {
	const allowed = options.map((option) => String(option.value));
	const isEmpty = value === undefined || value === null || value === '';
	const text = isEmpty ? allowed[0]! : asText(value);
	if (allowed.includes(text)) return text;
	return run.site.refuse({
		message: `"${text.slice(0, 100)}" is no choice for "${label}"`,
		description: `Choose one from the list, or let the expression give one of these: ${allowed.join(', ')}.`,
	});
}
