import { firstLook, openListener } from './checks.mts';
import { formOf } from './forms.mts';
import type { ProbeOptions } from './options.mts';
import { type Own, removeRemains } from './own.mts';
import type { Questions } from './question.mts';
import { parts } from './questions/index.mts';
import type { Seen } from './seen.mts';
import { look, type Session, settle, Stopped, type Surroundings } from './session.mts';
import { Interrupted, ProbedSite, Unreachable } from './site.mts';

export interface Outcome {
	/** Absent when it was interrupted before it had seen anything. */
	seen?: Seen;
	/** What is still at the site, for people. */
	left: string[];
	wasInterrupted: boolean;
}

/**
 * Examines a site. Removes everything it creates there, however it ends.
 *
 * @throws Refusal when it cannot start
 */
export async function probe(options: ProbeOptions, around: Surroundings): Promise<Outcome> {
	const site = new ProbedSite(options.site, options.credential, around.stop);
	const seen = await firstLook(site, options).catch(undefinedIfInterrupted);
	if (seen === undefined) return { left: [], wasInterrupted: true };
	const listener = options.webhook === undefined ? undefined : await openListener(options, seen);
	if (listener !== undefined) seen.webhookUrl = options.webhook + listener.path;
	const thrown = await askAll({ site, seen, listener, around }).then(
		() => undefined,
		(error: unknown) => error,
	);
	seen.deliveries = listener?.ownDeliveries ?? [];
	seen.foreign = (listener?.deliveries.length ?? 0) - seen.deliveries.length;
	const left = site.hasWritten ? await cleanUp(site, seen.own, around) : [];
	await listener?.close();
	assertExpected(thrown, seen);
	return { seen, left, wasInterrupted: around.stop.aborted };
}

async function askAll(session: Session): Promise<void> {
	const { site, seen, listener, around } = session;
	if (seen.own.paths !== undefined || listener !== undefined) {
		const { removed } = await removeRemains(site, seen.own);
		if (removed > 0) around.say(`remains of an earlier run, removed: ${removed}`);
	}
	for (const [isAsked, questions] of parts) if (isAsked(session)) await ask(session, questions);
}

async function ask(session: Session, questions: Questions): Promise<void> {
	for (const [name, question] of Object.entries(questions)) {
		if (typeof question.ask === 'object') await look(session, name, question.ask);
		else await question.ask?.(session);
		await settle(session);
	}
}

function undefinedIfInterrupted(error: unknown): void {
	if (!(error instanceof Interrupted)) throw error as Error;
}

/** The end that was not planned: what was seen until then is judged. */
function assertExpected(error: unknown, seen: Seen): void {
	if (error === undefined || error instanceof Interrupted) return;
	const isLost = error instanceof Unreachable;
	if (!isLost && !(error instanceof Stopped)) throw error as Error;
	const step = isLost ? 'call' : error.message;
	const response = seen.responses.get(step);
	seen.stopped = { step, form: response ? formOf(response) : 'no response' };
}

/** Even after an interruption, as a call in progress may have taken effect. */
async function cleanUp(site: ProbedSite, own: Own, { say }: Surroundings): Promise<string[]> {
	site.isCleaning = true;
	const { removed, left } = await removeRemains(site, own).catch((error: unknown) => {
		if (!(error instanceof Unreachable)) throw error;
		return { removed: 0, left: [`whatever has ${own.marker} in its path`] };
	});
	say(`removed: ${removed}`);
	return left;
}
