import { refuseInput } from '../core/input-problem';
import { asText } from './text';

/** One entry of a list, as n8n shows it, with a value whose type is known. */
export interface Choice<V extends string> {
	name: string;
	value: V;
	description?: string;
}

/**
 * The chosen value. An expression can give anything, and the site treats a value that it does not know as
 * if nothing had been asked for.
 *
 * @param ifEmpty what counts when nothing was chosen; without it, that is refused
 */
export function choice<V extends string>(
	label: string,
	entered: unknown,
	choices: Array<Choice<V>>,
	ifEmpty?: V,
): V {
	const isEmpty = entered === undefined || entered === null || entered === '';
	const text = isEmpty ? (ifEmpty ?? '') : asText(entered);
	const chosen = choices.find(({ value }) => value === text);
	if (chosen !== undefined) return chosen.value;
	return refuseInput({
		message:
			text === ''
				? `"${label}" is empty`
				: `"${text.slice(0, 100)}" is not a choice for "${label}"`,
		description: `Choose one from the list, or let the expression give one of these: ${choices.map(({ value }) => value).join(', ')}.`,
	});
}
