import type { INodeProperties } from 'n8n-workflow';

/** What the meaning of an input can depend on. */
export interface InputContext {
	/** Of the site, e.g. `https://help.example.com`; `undefined` when the Site URL is no web address. */
	readonly origin: string | undefined;
	/** Of the workflow. */
	readonly timezone: string;
}

/**
 * A field of an operation: what n8n shows, and the value that an operation reads from it. The kinds of
 * fields are in `input/fields.ts`.
 */
export interface Field<T> {
	/** As n8n shows it. */
	readonly property: INodeProperties;
	/**
	 * @param entered as n8n has it: an expression can give anything; `null` for a field that is not shown
	 * @throws InputProblem for what does not fit
	 */
	read(entered: unknown, context: InputContext): T;
}

/** Several fields, in the order in which n8n shows them. */
export type Fields = Record<string, Field<unknown>>;

/** What is read from a field. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** What is read from each of several fields. */
export type ValuesOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };
