import { firstLook, openListener } from './checks.mts';
import type { DeliveryListener, OwnNames } from './listener.mts';
import type { ProbeOptions } from './options.mts';
import { type Own, removeRemains } from './own.mts';
import { OwnPages } from './steps/pages.mts';
import { readSite } from './steps/read.mts';
import type { Seen } from './seen.mts';
import { Interrupted, ProbedSite, Unreachable } from './site.mts';
import { type Steps, Stopped } from './steps/step.mts';
import { registerWebhook, removeWebhook } from './steps/webhook.mts';

/** What a probe needs besides its options. */
export interface Surroundings {
	/** Reports progress, in one line. */
	say(line: string): void;
	/** Aborted to end the probe. */
	stop: AbortSignal;
	/** Waits until the site has delivered what it is going to; until it is quiet if absent. */
	settle?: () => Promise<void>;
}

export interface Outcome {
	/** Absent when it only cleaned up. */
	seen?: Seen;
	/** What is still at the site, for people. */
	left: string[];
	wasInterrupted: boolean;
}

const ATTEMPTS_TO_CLEAN = 3;

/**
 * Examines a site. Removes everything it creates there, however it ends.
 *
 * @throws Refusal when it cannot start
 */
export async function probe(options: ProbeOptions, around: Surroundings): Promise<Outcome> {
	const site = new ProbedSite(options.site, options.credential, around.stop);
	const seen = await firstLook(site, options).catch(undefinedIfInterrupted);
	if (seen === undefined) return { left: [], wasInterrupted: true };
	if (options.cleanUp) {
		const left = await cleanUp(site, seen.own, around);
		return { left, wasInterrupted: around.stop.aborted };
	}
	const names: OwnNames = { marker: seen.own.marker, ids: new Set() };
	const listener = options.webhook === undefined ? undefined : await openListener(options, names);
	const thrown = await run(options, around, { site, seen, names, listener }).then(
		() => undefined,
		(error: unknown) => error,
	);
	takeOver(seen, site, listener);
	const left = site.hasWritten ? await cleanUp(site, seen.own, around) : [];
	await listener?.close();
	assertExpected(thrown, seen);
	return { seen, left, wasInterrupted: around.stop.aborted };
}

interface Parts {
	site: ProbedSite;
	seen: Seen;
	names: OwnNames;
	listener: DeliveryListener | undefined;
}

async function run(options: ProbeOptions, around: Surroundings, parts: Parts): Promise<void> {
	const { site, seen, names, listener } = parts;
	const quiet = async () => await listener?.quiet(options.patienceMs, around.stop);
	const { own } = seen;
	const { settle: isDelivered = quiet, say } = around;
	const settle = async () => {
		await isDelivered();
		listener?.respondOnceWith(undefined);
	};
	const steps: Steps = { site, own, seen, settle, say, ...(listener ? { listener } : {}) };
	const { below, webhook: publicUrl } = options;
	if (below !== undefined || listener !== undefined) await removeEarlier(steps);
	await readSite(steps);
	if (listener !== undefined) seen.webhookUrl = `${publicUrl}${listener.path}`;
	const webhook = listener && (await registerWebhook(steps, seen.webhookUrl));
	seen.hasListened = webhook !== undefined;
	if (own.paths !== undefined && below !== undefined) {
		await new OwnPages(steps, own.paths, below, names).run(webhook);
	}
	if (webhook !== undefined) await removeWebhook(steps, webhook);
}

function undefinedIfInterrupted(error: unknown): void {
	if (!(error instanceof Interrupted)) throw error as Error;
}

/** Of a run that was killed. */
async function removeEarlier({ site, own, say }: Steps): Promise<void> {
	const { removed } = await removeRemains(site, own);
	if (removed > 0) say(`remains of an earlier run, removed: ${removed}`);
}

/** The end that was not planned: what was seen until then is judged. */
function assertExpected(error: unknown, seen: Seen): void {
	if (error === undefined || error instanceof Interrupted) return;
	if (error instanceof Stopped) seen.stopped = { step: error.step, form: error.form };
	else if (error instanceof Unreachable) seen.stopped = { step: 'call', form: 'no response' };
	else throw error as Error;
}

function takeOver(seen: Seen, { throttled }: ProbedSite, listener?: DeliveryListener): void {
	const [all, own] = [listener?.deliveries ?? [], listener?.own ?? []];
	const foreign = all.length - own.length;
	Object.assign(seen, { throttled, deliveries: own, foreign, followed: listener?.followed ?? 0 });
}

/** Even after an interruption, as a call in progress may have taken effect. */
async function cleanUp(site: ProbedSite, own: Own, { say }: Surroundings): Promise<string[]> {
	site.isCleaning = true;
	let left: string[] = [];
	for (let attempt = 1; attempt <= ATTEMPTS_TO_CLEAN; attempt++) {
		const remains = await removeRemains(site, own).catch((error: unknown) => {
			if (!(error instanceof Unreachable)) throw error;
			return { removed: 0, left: [`whatever has ${own.marker} in its path`] };
		});
		say(`removed: ${remains.removed}`);
		left = remains.left;
		if (left.length === 0 || attempt === ATTEMPTS_TO_CLEAN) break;
		await site.pause(1000 * attempt);
	}
	return left;
}
