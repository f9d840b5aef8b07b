import type { IDataObject } from 'n8n-workflow';
import type { Change } from '../support/simulator/site/base.mts';
import { isTrue } from './alerts.mts';
import { clock, START } from './clock.mts';
import type { Execution, Row } from './database.mts';
import {
	BROKEN,
	type Exception,
	exceptionIn,
	MISSING,
	type Missing,
	REFUSED,
	REPEATED,
	UNSAVED,
	UNWANTED,
} from './exceptions.mts';
import type { Process } from './process.mts';
import type { Sent } from './site.mts';
import type { World } from './world.mts';

/* What must hold, whatever happens. What the documents except stands in exceptions.mts. */

export interface Fault {
	rule: string;
	text: string;
}

export type DeedKind = 'created' | 'edited' | 'deleted' | 'drafted' | 'published';

/** A deed that a workflow is to hear of. */
interface Expected {
	name: string;
	kind: Missing['kind'];
	page: number;
	revision: number;
	at: number;
	isFirstText: boolean;
	isUnwanted: boolean;
	isBeforePublish?: boolean;
	isMemoryLost?: boolean;
	/** A person had disabled the webhook, or did before it was delivered; or had seen that publishing failed. */
	isHindered: boolean;
	eventIds: string[];
}

/** What the site has sent of an event. */
interface SentEvent {
	at: number;
	acceptedAt?: number;
	wasToldToRetry?: boolean;
}

const MAX_AGE_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** n8n gives a publication so long. */
const PUBLISHING_MS = 84_000;
/** A poll looks as far back. */
const OVERLAP_MS = 3_600_000;
/** Deliveries are signed to the second, and travel. */
const TOLERANCE_MS = 10_000;
/** Within which what got 200 must be in the list of executions. */
const SAVED_MS = 2000;
/** Calls to the site in the last quiet hour: checks, looks and polls, beside one for each page that an import has left. */
const MAX_CALLS = 150;
/** From which on a webhook process cannot know whether it has run. */
const OLD_IN_QUEUE_MODE_MS = 10 * 60_000;
/** As much as a thousand deliveries and changes need. */
const MAX_STATIC_DATA_CHARS = 64 * 1024;
/** Left when nothing is published: each cron of n8n comes once more, and sees that it has ended. */
const MAX_TIMERS = 20;
/** Within which the trigger has compared what has come with the site: each hour, ten minutes late. */
const COMPARED_MS = 80 * MINUTE_MS;
/** Within which each response must be out. */
const RESPONSE_MS = 1000;

export class Model {
	readonly faults: Fault[] = [];
	/** How often each exception explained something. */
	readonly excepted = new Map<string, number>();
	/** The site's count of failures at each check; -1 where the webhook was not whole. */
	readonly checks: Array<{ at: number; count: number }> = [];
	/** When the package was updated while n8n ran. */
	readonly updatedAt: number[] = [];
	/** When n8n was started. */
	readonly startedAt: number[] = [];
	/** When pages were restored last. */
	readonly restoredAt = new Map<number, number>();
	/** When the site has got another signing secret. */
	readonly rotatedAt: number[] = [];
	/** When old static data was put back. */
	readonly putBackAt: number[] = [];
	/** How often the token was renewed. */
	renewals = 0;
	readonly forged = new Set<string>();
	/** Events with whose delivery something has happened on the way. */
	readonly touched = new Set<string>();
	isDisabledByPerson = false;
	/** When Expert has disabled the webhook without a failure. */
	readonly disabledAt: number[] = [];
	private readonly world: World;
	private readonly expected = new Map<Row, Map<string, Expected>>();
	/** Since when nothing is wanted. */
	private readonly off = new Map<Row, number>();
	private readonly sent = new Map<string, SentEvent>();
	/** When pages were deleted last, by themselves or with one above them. */
	private readonly goneAt = new Map<number, number>();
	/** When a trigger last told people something. */
	private toldAt = 0;
	/** What went wrong last, and until when. */
	private trouble = { since: 0, until: 0 };
	/** What the site's webhook has refused last. */
	private lastRefusal = '';

	constructor(world: World) {
		this.world = world;
		for (const row of world.rows) this.expected.set(row, new Map());
	}

	/** Somebody has changed something at the site. */
	deed(change: Change, kind: DeedKind): void {
		const { page, events } = change;
		this.world.note(`${kind} ${page.id}${kind === 'edited' ? ` ${page.revision}` : ''}`);
		for (const { id } of events) this.sent.set(id, { at: clock.now });
		if (kind === 'deleted') for (const { id } of change.pages) this.goneAt.set(id, clock.now);
		for (const [row, expected] of this.expected) {
			for (const each of this.comingFrom(change, kind)) {
				if (!row.events.includes(each.name.split(' ')[0]!)) continue;
				const isHindered = this.isDisabledByPerson || row.failure?.isOfStart === false;
				expected.set(each.name, { ...each, isUnwanted: this.off.has(row), isHindered });
			}
		}
	}

	/** Of which no workflow is to hear. */
	restored({ pages }: Change): void {
		for (const { id } of pages) {
			this.world.note(`restored ${id}`);
			this.restoredAt.set(id, clock.now);
		}
	}

	private comingFrom({ page: { id, revision }, events }: Change, kind: DeedKind): Expected[] {
		const made = (name: string, as: Missing['kind'], type = name): Expected => ({
			...{ name: `${name} ${id}`, kind: as, page: id, revision, at: clock.now },
			...{ isFirstText: false, isUnwanted: false, isHindered: false },
			eventIds: events.filter(({ pathType }) => pathType.startsWith(type)).map((each) => each.id),
		});
		const text = made('pagecontent_update', 'edited');
		const edited = { ...text, name: `${text.name} ${revision}` };
		const published = made('page_published', 'published', '');
		switch (kind) {
			case 'created':
				return [made('page_create', kind), { ...edited, isFirstText: true }, published];
			case 'edited':
				return [edited];
			case 'deleted':
				return [made('page_delete', kind)];
			case 'published':
				return [published, { ...edited, isFirstText: true }];
			case 'drafted':
				return [];
		}
	}

	/** Its node is disabled, or is again. */
	switched(row: Row, isOn: boolean): void {
		const offAt = this.off.get(row) ?? clock.now;
		if (!isOn) return void this.off.set(row, clock.now);
		this.off.delete(row);
		const { listsLateBySeconds } = this.world.setup.site;
		// What publishing has begun to find comes with the next poll.
		const isOfPublishing = (poll: number) => row.publishedAt.some((at) => at <= poll && poll < at + PUBLISHING_MS);
		const polls = row.polledAt.filter((at) => at < offAt && !isOfPublishing(at));
		// A poll after one that failed looks no further than that one, and puts off what the site does not show yet.
		const unpolledSince = (polls.at(-2) ?? 0) - MINUTE_MS - listsLateBySeconds * 1000;
		const lost = [...this.startedAt, ...this.updatedAt].some((at) => at > unpolledSince);
		for (const each of this.expected.get(row)?.values() ?? []) {
			// Polls go on without a page that the site does not show yet.
			const refusedAt = this.world.refusedRevisions(each.page);
			if (Math.max(each.at, ...refusedAt) < unpolledSince) continue;
			each.isBeforePublish = true;
			each.isMemoryLost ||= lost;
		}
	}

	/** What Expert was still to deliver, it drops. */
	disabledByPerson(isDisabled: boolean): void {
		this.isDisabledByPerson = isDisabled;
		if (!isDisabled) return;
		const { delivered } = this.world;
		const came = this.cameTo(delivered);
		for (const each of this.expected.get(delivered)?.values() ?? []) {
			const isAccepted = each.eventIds.some((id) => this.sent.get(id)?.acceptedAt !== undefined);
			each.isHindered ||= !isAccepted && !came.has(each.name);
		}
	}

	/** A trigger tells people something. */
	alerted(text: string): void {
		this.world.note(`alert: ${text}`);
		this.toldAt = clock.now;
		if (!isTrue(text, this.world)) this.fault('false alert', text);
	}

	/** Something has gone wrong from then until now. Longer than an hour it is said; once, if it soon goes wrong again. */
	wrongSince(time: number): void {
		const { delivered, n8n, rows } = this.world;
		const { trouble } = this;
		const since = time < trouble.until + 20 * MINUTE_MS ? trouble.since : time;
		this.trouble = { since, until: clock.now };
		const isWatched = rows.includes(delivered) && delivered.failure === undefined && !n8n.isUpdated;
		if (!isWatched || clock.now - time < 60 * MINUTE_MS || this.toldAt > since) return;
		this.fault('not said', `for ${Math.round((clock.now - time) / MINUTE_MS)} minutes`);
	}

	/** What runs is marked as one that may have run only with a reason. */
	passed({ row, passed, process }: Execution): void {
		const isMarked = passed.filter(({ redelivered }) => redelivered === true);
		for (const item of isMarked) {
			const known = this.expected.get(row)?.get(nameFor(row, item));
			if (known === undefined || this.mayBeMarked(known, process)) continue;
			this.fault('marked without a reason', known.name);
		}
	}

	private mayBeMarked({ at, eventIds }: Expected, process: Process | undefined): boolean {
		const { world, startedAt, updatedAt, putBackAt } = this;
		const since = at - TOLERANCE_MS - Math.abs(world.setup.site.clockSkewMs);
		const isOld = clock.now - at > OLD_IN_QUEUE_MODE_MS;
		// What a restart reads then is older than what was stored.
		const isErased = world.setup.writesStaticData && startedAt.length > 0;
		return (
			eventIds.some((id) => this.touched.has(id)) ||
			world.attemptsOf(eventIds).some(({ failureReason }) => failureReason !== '') ||
			[...startedAt, ...updatedAt, ...putBackAt].some((then) => then > since) ||
			world.n8n.database.wasTroubledSince(since) ||
			(process?.kind === 'worker' && isOld) ||
			isErased
		);
	}

	/** Of a genuine delivery. */
	responded(sent: Sent, status: number | undefined, ms: number, slowMs = 0): void {
		const known = this.sent.get(sent.event.id);
		if (status === undefined) return;
		if (status >= 400) this.world.note(`${sent.event.pathType} gets ${status} after ${ms} ms`);
		if (status < 300 && known !== undefined && known.acceptedAt === undefined) {
			known.acceptedAt = clock.now;
			this.isSavedSoon(sent.event.id);
		}
		if (status === 503 && known !== undefined) known.wasToldToRetry = true;
		const isRefused = status >= 400 && status < 500 && known?.acceptedAt === undefined;
		if (isRefused && this.world.delivered.isRouted) this.refused(sent, status, known);
		if (ms > RESPONSE_MS && slowMs === 0) this.fault('slow', `${status} after ${ms} ms`);
	}

	/** A delivery with 200 has an execution, if it is wanted. */
	private isSavedSoon(eventId: string): void {
		const { delivered, n8n } = this.world;
		const expected = [...(this.expected.get(delivered)?.values() ?? [])];
		const wanted = expected.find(({ eventIds }) => eventIds.includes(eventId));
		if (wanted === undefined) return;
		const was = n8n.database.isTroubled;
		const starts = this.startedAt.length;
		clock.after(SAVED_MS, () => {
			const isSaved = this.world.executions.some(
				({ row, items }) => row === delivered && items.some((item) => nameFor(row, item) === wanted.name),
			);
			const isRestarted = !n8n.isUp || this.startedAt.length > starts;
			const wasTroubled = was || n8n.database.isTroubled || isRestarted;
			if (isSaved || this.isExcepted(UNSAVED, { wasTroubled }, wanted.name)) return;
			this.fault('200 without execution', wanted.name);
		});
	}

	private refused(sent: Sent, status: number, known: SentEvent | undefined): void {
		const age = this.world.ageOf(sent);
		if (age > MAX_AGE_MS - TOLERANCE_MS) return;
		const [webhook] = this.world.site.webhooks();
		const signedAt = clock.now - age - this.world.setup.site.clockSkewMs;
		const facts = {
			isOfOldSecret: this.rotatedAt.some((at) => at > signedAt - 1000),
			isOfOldToken: sent.headers.Authorization !== webhook?.authorizationHeader,
			hasForgottenToken: this.renewals > 1 && this.mayHaveForgottenToken,
		};
		if (this.isExcepted(REFUSED, facts, sent.event.pathType)) return;
		const after = known?.wasToldToRetry ? ' after 503' : '';
		const text = `${sent.event.pathType} gets ${status}, signed ${Math.round(age / 1000)} s ago`;
		this.fault(`refused${after}, ${this.lastRefusal}`, text);
	}

	private get mayHaveForgottenToken(): boolean {
		const { startedAt, updatedAt, world } = this;
		return world.isQueue || this.putBackAt.length > 0 || startedAt.length + updatedAt.length > 0;
	}

	/** Whether the documents say that this may be. */
	private isExcepted<Case>(from: Record<string, Exception<Case>>, given: Case, what: string) {
		const exception = exceptionIn(from, given);
		if (exception === undefined) return false;
		this.world.note(`${what}: excepted, ${exception}`);
		this.excepted.set(exception, (this.excepted.get(exception) ?? 0) + 1);
		return true;
	}

	/** A line of n8n's log. */
	logged(message: string): void {
		this.lastRefusal = /refused: (.*?) \(node/.exec(message)?.[1] ?? this.lastRefusal;
		if (!message.includes('Expert has sent no event for')) return;
		const { now } = clock;
		const recent = [...this.sent.values()].filter(({ at }) => at > now - 27 * MAX_AGE_MS && at < now);
		const isSo = recent.some(({ at, acceptedAt = Infinity }) => acceptedAt > at + 60_000);
		if (!isSo) this.fault('false alert', message.slice(0, 140));
	}

	/** After the accidents have ended, and the trigger has had time. */
	end(): void {
		for (const [row, expected] of this.expected) {
			const came = this.cameTo(row);
			this.lostOf(row, expected, came);
			this.twiceOf(row, expected, came);
			this.unknownOf(row, expected, came);
		}
		this.wholeAtEnd();
	}

	private cameTo(row: Row): Map<string, IDataObject[]> {
		const items = this.world.executions.filter((each) => each.row === row).flatMap(({ passed }) => passed);
		return Map.groupBy(items, (item) => nameFor(row, item));
	}

	private lostOf(row: Row, expected: Map<string, Expected>, came: Map<string, unknown>): void {
		// A crashed execution is there to be seen and run again.
		const crashed = this.world.executions.filter(({ row: of, status }) => of === row && status !== 'success');
		const shown = new Set(crashed.flatMap(({ items }) => items.map((item) => nameFor(row, item))));
		const missing = [...expected.values()].filter(({ name }) => !came.has(name) && !shown.has(name));
		const lost = missing.filter(
			(each) => !this.isExcepted(MISSING, this.factsOf(row, each, expected, came), each.name),
		);
		if (lost.length === 0) return;
		const texts = lost.map(({ name, at }) => `${name} of ${Math.round((at - START) / 1000)}`);
		const count = `(${lost.length} of ${expected.size})`;
		this.fault(`lost, ${row.role}`, `${texts.slice(0, 4).join(', ')} ${count}`);
	}

	private factsOf(
		row: Row,
		{ at, kind, page, revision, eventIds, isBeforePublish = false, ...is }: Expected,
		expected: Map<string, Expected>,
		came: Map<string, unknown>,
	): Missing {
		const others = [...expected.values()].filter((each) => each.page === page);
		const attempts = this.world.attemptsOf(eventIds);
		const lastAt = Math.max(...attempts.map((attempt) => attempt.at));
		const isUndelivered = attempts.every(({ failureReason }) => failureReason !== '');
		return {
			...{ role: row.role, kind, isBeforePublish },
			isFirstText: is.isFirstText,
			isUnwanted: is.isUnwanted || (row.role === 'delivered' && is.isHindered),
			isQueue: this.world.isQueue,
			isGone: (this.goneAt.get(page) ?? -Infinity) > at,
			isBack: this.isBack(row, page, at),
			isOvertaken: others.some((each) => each.revision > revision && came.has(each.name)),
			hasFailed: attempts.length > 0 && isUndelivered,
			isUndelivered,
			isForgiven: this.isForgiven(lastAt),
			isPublishedSince: row.publishedAt.some((then) => then > at && then < at + COMPARED_MS),
			isForgotten: this.isForgotten(row, at),
			isUnsaved: row.unsavedAt.some((then) => then > at),
			isUnpublished: row.failure?.isOfStart === false || wasDown(row, at),
			isShownLate: this.world.refusedRevisions(page).some((then) => then > at + 59 * 60_000),
		};
	}

	/** Polls go on without what the site does not list yet. */
	private isBack({ role, polledAt }: Row, page: number, at: number): boolean {
		const restoredAt = this.restoredAt.get(page) ?? -Infinity;
		const listedAt = at + this.world.setup.site.listsLateBySeconds * 1000;
		const isPolled = polledAt.some((then) => then > listedAt && then < restoredAt);
		return restoredAt > at && !(role === 'polled' && isPolled);
	}

	/** At the first check after the last attempt the site counted no failure any more, or a delivery had got through. */
	private isForgiven(attemptedAt: number): boolean {
		const { at, count } = this.checks.find((check) => check.at > attemptedAt + 1000) ?? { at: 0, count: -1 };
		const hasGotThrough = ({ acceptedAt = 0 }: SentEvent) => acceptedAt > attemptedAt && acceptedAt < at;
		return count === 0 || [...this.sent.values()].some(hasGotThrough);
	}

	/** Neither memory nor static data told how far polls had got. */
	private isForgotten({ polledAt, renamedAt }: Row, at: number): boolean {
		const lastBefore = (time: number) => polledAt.findLast((each) => each < time) ?? 0;
		const nextAfter = (time: number) => polledAt.find((each) => each > time) ?? Infinity;
		const begun = [...this.startedAt, ...this.updatedAt];
		const isUnpolled = (renamed: number) =>
			begun.some((each) => lastBefore(renamed) < each && each < nextAfter(renamed));
		const isRenamed = (putBack: number) => renamedAt.some((each) => each < putBack);
		const forgotten = [...renamedAt.filter(isUnpolled), ...this.putBackAt.filter(isRenamed)];
		return forgotten.some((time) => lastBefore(time) - OVERLAP_MS < at && at < nextAfter(time));
	}

	private twiceOf(row: Row, expected: Map<string, Expected>, came: Map<string, IDataObject[]>) {
		const unmarked = (items: IDataObject[], ...marks: string[]) =>
			items.filter((item) => marks.every((mark) => item[mark] !== true)).length;
		const known = [...came].filter(
			([name, items]) => expected.has(name) && items.length > 1 && !this.mayRepeat(row, expected.get(name)!),
		);
		const twice = known.filter(([, items]) => unmarked(items, 'redelivered', 'recovered') > 1);
		const again = known.filter(([, items]) => unmarked(items, 'redelivered') > 1);
		if (twice.length > 0) this.fault(`twice, ${row.role}`, namesIn(twice));
		else if (again.length > 0) this.fault(`recovered again, ${row.role}`, namesIn(again));
	}

	private mayRepeat({ role }: Row, { name, eventIds }: Expected): boolean {
		const times = this.world.attemptsOf(eventIds).map(({ at }) => at);
		const [first, last] = [Math.min(...times), Math.max(...times)];
		const isAroundUpdate = this.updatedAt.some((at) => first - 10_000 < at && at < last + 10_000);
		return this.isExcepted(REPEATED, { role, isAroundUpdate }, name);
	}

	private unknownOf(row: Row, expected: Map<string, Expected>, came: Map<string, IDataObject[]>) {
		const unwanted = [...came].filter(([name]) => {
			const { at = 0, isUnwanted = false, isMemoryLost = false } = expected.get(name) ?? {};
			const { writesStaticData } = this.world.setup;
			const isPutBack =
				this.putBackAt.some((then) => then > at) || (writesStaticData && this.startedAt.some((then) => then > at));
			const facts = { role: row.role, isMemoryLost, isPutBack };
			return isUnwanted && !this.isExcepted(UNWANTED, facts, name);
		});
		if (unwanted.length > 0) this.fault(`unwanted, ${row.role}`, namesIn(unwanted));
		for (const [name, items] of came) {
			// A page shown as created by polling, or an edit that is its first text.
			const mayBeNew = /^(page_create|page_published|pagecontent_update) \d+( 1)?$/.test(name);
			if (!expected.has(name) && !mayBeNew) {
				this.fault(`made up, ${row.role}`, `${name} ${JSON.stringify(items[0]).slice(0, 160)}`);
			}
			if (items.some(({ deliveryId }) => this.forged.has(deliveryId as string))) {
				this.fault('forged', name);
			}
		}
	}

	/** The trigger has noticed more than once in three hours that Expert has disabled the webhook. */
	get wasDisabledAgain(): boolean {
		const counted = this.world.site.notifications.map(({ at }) => at.getTime());
		const all = [...counted, ...this.disabledAt];
		const noticed = all.map((at) => this.checks.find((check) => check.at >= at)?.at ?? at);
		return noticed.filter((at) => at > clock.now - 180 * MINUTE_MS).length > 1;
	}

	/** One check after the accidents have ended. */
	checked(): void {
		if (this.isWhole) return;
		if (this.isExcepted(BROKEN, { wasDisabledAgain: this.wasDisabledAgain }, 'webhook')) return;
		this.fault('not whole after a check', JSON.stringify(this.world.site.webhooks()));
	}

	private get isWhole(): boolean {
		const { rows, delivered, site } = this.world;
		const [webhook, ...others] = site.webhooks();
		if (!rows.includes(delivered)) return webhook === undefined;
		// Somebody saw that it could not be published.
		if (delivered.failure?.isOfStart === false) return true;
		const isComplete = (webhook?.events.length ?? 0) > 0;
		return webhook?.active === true && isComplete && others.length === 0;
	}

	/** @param calls in the last hour */
	quiet(calls: number): void {
		if (calls > MAX_CALLS + this.world.pages.length) this.fault('too many calls', `${calls} in an hour`);
		for (const {
			role,
			staticData: { length },
		} of this.world.rows) {
			const isMuch = length > MAX_STATIC_DATA_CHARS;
			if (isMuch) this.fault(`too much static data, ${role}`, `${length} characters`);
		}
	}

	/** Some time after all workflows were unpublished. */
	unpublished({ calls, timers }: { calls: number; timers: number }): void {
		const left = this.world.site.webhooks().length;
		if (left + calls === 0 && timers < MAX_TIMERS) return;
		this.fault('left behind', `${left} webhooks, ${calls} calls, ${timers} timers`);
	}

	private wholeAtEnd(): void {
		const { rows, polled } = this.world;
		if (!this.isWhole) this.fault('not whole', JSON.stringify(this.world.site.webhooks()));
		if (rows.includes(polled) && polled.failure?.isOfStart === true) {
			this.fault('no polls', polled.failure.text);
		}
	}

	fault(rule: string, text: string): void {
		this.world.note(`FAULT ${rule}: ${text}`);
		this.faults.push({ rule, text });
	}
}

/** For a minute or more, as when another version could not be published at once. */
function wasDown({ takenDownAt, activatedAt }: Row, at: number): boolean {
	const from = takenDownAt.findLast((each) => each <= at) ?? Infinity;
	const to = activatedAt.find((each) => each > from) ?? Infinity;
	return at < to && to - from >= MINUTE_MS;
}

function namesIn(came: Array<[string, unknown]>): string {
	return came
		.map(([name]) => name)
		.slice(0, 4)
		.join(', ');
}

/** Of what has come. *Page Published* comes with any event of its page. */
export function nameFor({ events }: Row, item: IDataObject): string {
	const { id } = (item.page ?? {}) as { id?: string };
	const isFirst = events.includes('page_published') && item.eventType !== 'page_delete';
	return isFirst ? `page_published ${id}` : nameOf(item);
}

export function nameOf({ eventType, page }: IDataObject): string {
	const { id, revision } = (page ?? {}) as { id?: string; revision?: number };
	return `${eventType as string} ${id}${eventType === 'pagecontent_update' ? ` ${revision}` : ''}`;
}

/** For the story. */
export function passedText({ row, passed }: Execution): string[] {
	return passed.map((item) => {
		const marks = ['recovered', 'redelivered'].filter((mark) => item[mark] === true);
		return [`passed ${row.role}`, nameOf(item), ...marks].join(' ');
	});
}
