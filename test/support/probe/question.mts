import type { Seen } from './seen.mts';
import type { Session } from './session.mts';
import type { SiteCall, SiteResponse } from './site.mts';

/** What was seen of a statement, and its form: never a value of the site. */
export interface Verdict {
	verdict: 'holds' | 'other' | 'not seen';
	form: string;
}

/** @returns `undefined` when nothing was seen that could tell */
export type Judge = (seen: Seen, response: SiteResponse | undefined) => Verdict | undefined;

/** Whether a statement of docs/vendor-facts.md holds at a site. */
export interface Question {
	/** Word for word as it stands in docs/vendor-facts.md. */
	statement: string;
	/** The call whose response tells, or what to do; absent when another question does it. */
	ask?: SiteCall | ((session: Session) => Promise<unknown>);
	/** Judges what was seen in the end, and the response of the step with the name of the question. */
	judge: Judge;
}

/** By a short and stable name, to talk about it; asked in their order. */
export type Questions = Record<string, Question>;

/** @param otherwise the form where it does not hold */
export function judged(holds: boolean | undefined, form: string, otherwise = form) {
	if (holds === undefined) return undefined;
	return holds ? ({ verdict: 'holds', form } as const) : ({ verdict: 'other', form: otherwise } as const);
}

/** The package works with either answer; the second is the less likely one. */
export function either(isLikelier: boolean | undefined, form: string, otherwise = form) {
	return judged(isLikelier, form, `${otherwise}; provided for`);
}

export const notSeen = (form: string): Verdict => ({ verdict: 'not seen', form });
