import { pageKey } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { attribute } from '../../../nodes/CxoneExpert/api/xml.ts';
import type { DeliveryListener } from './listener.mts';
import { type OwnPage, ownAt } from './own.mts';
import type { Seen } from './seen.mts';
import { isSuccess, type ProbedSite, type SiteCall, type SiteResponse } from './site.mts';

/**
 * The site's response is neither as documented nor a refusal: write nothing more. Its message is the
 * step.
 */
export class Stopped extends Error {}

/** What a probe needs besides its options. */
export interface Surroundings {
	/** Reports progress, in one line. */
	say(line: string): void;
	/** Aborted to end the probe. */
	stop: AbortSignal;
	/** Waits until the site has delivered what it is going to. */
	settle(): Promise<void>;
}

/** One run of the probe, as its questions use it. */
export interface Session {
	site: ProbedSite;
	seen: Seen;
	listener?: DeliveryListener;
	around: Surroundings;
	/** The site makes drafts for us. */
	hasDrafts?: boolean;
	/** Something was changed whose deliveries were not waited for. */
	hasChanged?: boolean;
}

/** Makes a call, keeps its response under the name of the step, and says so. */
export async function look(session: Session, step: string, call: SiteCall): Promise<SiteResponse> {
	const response = await session.site.call(call);
	session.seen.responses.set(step, response);
	session.around.say(`${step}: ${response.status}`);
	return response;
}

/**
 * The same for a call that changes something of the probe's own.
 *
 * @param root name of a successful response's root; if absent, anything will do
 * @returns whether it succeeded; a refusal has a status and does not end the probe
 * @throws Stopped for an unexpected success
 */
export async function change(session: Session, step: string, call: SiteCall, root?: string) {
	if (session.listener) session.listener.step = step;
	session.hasChanged = true;
	const response = await look(session, step, { method: 'POST', ...call });
	if (response.status >= 400 && response.status < 600) return false;
	const isExpected = root === undefined || response.document?.name === root;
	if (!isSuccess(response) || !isExpected) throw new Stopped(step);
	return true;
}

/** A change without which nothing else makes sense. */
export async function must(session: Session, step: string, call: SiteCall, root: string) {
	if (!(await change(session, step, call, root))) throw new Stopped(step);
}

/** Notes the ID of a page that a step has made. @throws Stopped when it is not where it should be */
export async function made({ site, seen }: Session, step: string, name: OwnPage): Promise<void> {
	const page = await ownAt(site, seen.own, pageKey(seen.own.paths![name]));
	const id = attribute(page, 'id');
	if (id === undefined || !/^\d+$/.test(id)) throw new Stopped(step);
	seen.own.ids[name] = id;
}

/** Waits for the deliveries of the latest changes. */
export async function settle(session: Session): Promise<void> {
	if (session.hasChanged && session.listener !== undefined) await session.around.settle();
	session.hasChanged = false;
	if (session.listener) session.listener.planned = undefined;
}
