import type { UserMessage } from '../../shared/failure-messages';

/** Characters of a message that people see: a whole text may stand where a name belongs. */
const MAX_MESSAGE_CHARS = 500;

/** What was entered, or what an expression gave, does not fit the operation. */
export class InputProblem extends Error {
	readonly description: string;

	constructor({ message, description }: UserMessage) {
		super(shortened(message));
		this.description = shortened(description);
	}
}

/** Stops the operation because of its input. n8n shows what is wrong and what to enter instead. */
export function refuseInput(message: UserMessage): never {
	throw new InputProblem(message);
}

/** A text short enough to be shown. */
export function shortened(text: string): string {
	return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text;
}
