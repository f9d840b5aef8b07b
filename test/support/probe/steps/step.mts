import { formOf } from '../forms.mts';
import type { DeliveryListener } from '../listener.mts';
import type { Own } from '../own.mts';
import type { Seen } from '../seen.mts';
import type { ProbedSite, SiteCall, SiteResponse } from '../site.mts';

/** The site's response is neither as documented nor a refusal: write nothing more. */
export class Stopped extends Error {
	readonly step: string;
	readonly form: string;

	constructor(step: string, response: SiteResponse) {
		super(step);
		this.step = step;
		this.form = formOf(response);
	}
}

/** Shared by all steps. */
export interface Steps {
	site: ProbedSite;
	own: Own;
	seen: Seen;
	listener?: DeliveryListener;
	/** Waits until the site has delivered what it is going to deliver. */
	settle(): Promise<void>;
	/** One line of progress. */
	say(line: string): void;
}

/** Makes a call, keeps its response under the name of the step, and says so. */
export async function look(steps: Steps, step: string, call: SiteCall): Promise<SiteResponse> {
	const response = await steps.site.call(call);
	steps.seen.responses.set(step, response);
	steps.say(`${step}: ${response.status}`);
	return response;
}

/**
 * The same for a call that changes something of the probe's own.
 *
 * @param root name of a successful response's root; if absent, anything will do
 * @returns whether it succeeded; a refusal has a status and does not end the probe
 * @throws Stopped for an unexpected success
 */
export async function change(
	steps: Steps,
	step: string,
	call: SiteCall,
	root?: string,
): Promise<boolean> {
	steps.listener?.begin(step);
	const response = await look(steps, step, call);
	const { status, document } = response;
	if (status >= 400 && status < 600) return false;
	const isExpected =
		status >= 200 && status < 300 && (root === undefined || document?.name === root);
	if (!isExpected) throw new Stopped(step, response);
	return true;
}
