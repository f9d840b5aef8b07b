import { type Act, ACTS } from './acts.mts';
import { Chance, clock } from './clock.mts';
import { nameFor } from './model.mts';
import type { Sent } from './site.mts';
import { setupOf, type World } from './world.mts';

/*
 * What a simulated world and one on a real n8n go through in the same way, and what is compared of them. Not compared
 * is what time decides: the order in which anything comes, which deliveries share an execution, alerts and lines of
 * the log, and a delivery that is late, which may come before its change is recovered or after. Left out is what real
 * time is too slow for (polls, which are a minute apart, and pauses of many minutes) and what a real n8n cannot be
 * told: a slow database, an update of the package, queue mode.
 */

const SECOND = 1000;

/** A check every three seconds: each wait is long enough for some. */
const OFTEN = { checkEvery: 0.05 };

/**
 * In which a simulated world lives through any wait. A workflow that is unpublished for a minute or more recovers
 * nothing of that time, and a real one is published again sooner.
 */
export function waitOf({ n8n, delivered: { isPublished, isDisabled } }: World): number {
	return (n8n.isUp && isPublished && !isDisabled ? 15 : 4) * SECOND;
}

/** As long as it takes. */
const SETTLED = 0;

export const SEEDS = Array.from({ length: 20 }, (_, index) => 1 + index);

/** Beside the acts of all worlds, those that they cannot do with the trigger of a webhook. */
const MORE_ACTS = {
	unpublished: async (world: World, chance: Chance) => {
		await world.passUntil(world.n8n.unpublish(world.delivered));
		await ACTS.deeds.run(world, chance);
		await world.passUntil(world.n8n.publish(world.delivered));
	},
	disabled: async (world: World, chance: Chance) => {
		const { n8n, delivered: row } = world;
		await world.passUntil(n8n.publishVersion(row, () => (row.isDisabled = true)));
		await ACTS.deeds.run(world, chance);
		await world.passUntil(n8n.publishVersion(row, () => (row.isDisabled = false)));
	},
	siteAway: async (world: World, chance: Chance) => {
		world.site.faults.add({ effect: chance.pick([{ status: 500 }, { status: 429 }]) });
		await ACTS.deeds.run(world, chance);
		world.site.faults.clear();
	},
};

const ALL_ACTS: Record<string, Act['run']> = {
	...Object.fromEntries(Object.entries(ACTS).map(([name, { run }]) => [name, run])),
	...MORE_ACTS,
};

const USUAL = [
	...(['deeds', 'deeds', 'lose', 'lose', 'copy', 'forge', 'renewToken', 'rotateSecret'] as const),
	...(['rename', 'disabledByExpert', 'incomplete', 'deleteWebhook'] as const),
	...(Object.keys(MORE_ACTS) as Array<keyof typeof MORE_ACTS>),
];

interface ComparedStep {
	act: string;
	seed: number;
}

/** n8n is killed in all worlds, and later restarted in all of them: they share the real one. */
export function stepsOf(seed: number): ComparedStep[] {
	const chance = Chance.of(seed, 'compared');
	const some = () => Array.from({ length: 3 }, () => chance.pick(USUAL));
	const end = chance.pick(['kill', 'absence', 'absence', 'putBack'] as const);
	const acts = [
		...(end === 'putBack' ? ['putBack'] : []),
		...[...some(), end, ...some(), 'restart', ...some(), 'deeds'],
	];
	return acts.map((act) => ({ act, seed: chance.int(100_000) }));
}

/** As other worlds begin, without what would need more time than there is. */
export function comparedSetup(seed: number): ReturnType<typeof setupOf> {
	const setup = setupOf(seed);
	const quick = {
		firstBackoffMs: 20,
		maxBackoffMs: 200,
		deliveryTimeoutMs: 10 * SECOND,
		listsLateBySeconds: 0,
		// By the site's clock a delivery may be from before n8n was started, and is marked.
		clockSkewMs: 0,
	};
	return {
		...{ ...setup, isQueue: false, concurrency: Infinity, restMs: 0, roles: 'delivered' },
		writesStaticData: false,
		site: { ...setup.site, ...quick },
	};
}

/** @returns what has come of each change, what each delivery got, and the webhook in the end, sorted */
export async function play(world: World, steps: ComparedStep[]): Promise<string[]> {
	const { accidents, delivered, n8n, site } = world;
	Object.assign(delivered.node.parameters.additionalOptions as object, OFTEN);
	const statuses = listen(world);
	await world.begin();
	for (const { act, seed } of steps) {
		await ALL_ACTS[act]!(world, new Chance(seed));
		accidents.forEach((accident, index) => {
			if (accident === 'late') accidents[index] = 'lost';
		});
		await clock.pass(SETTLED);
	}
	accidents.length = 0;
	await clock.pass(SETTLED);
	const webhooks = site.webhooks().map(({ active, events }) => ({ active, events: events.sort() }));
	const executions = cameIn(world);
	await world.passUntil(n8n.unpublish(delivered));
	const left = site.webhooks().length;
	return [
		...[...executions, ...statuses()].sort(),
		`webhooks in the end: ${JSON.stringify(webhooks)}, ${left} of them after unpublishing`,
	];
}

/** What each delivery got, again and again counted once. */
function listen({ n8n }: World): () => string[] {
	const statuses = new Map<string, Set<string>>();
	const receive = n8n.receive.bind(n8n);
	n8n.receive = async (sent, slowMs) => {
		const status = await receive(sent, slowMs);
		const name = deliveryOf(sent);
		const all = statuses.get(name) ?? new Set();
		statuses.set(name, all.add(status === undefined ? 'no response' : String(status)));
		return status;
	};
	return () => [...statuses].map(([name, all]) => `${name} gets ${[...all].sort().join(', ')}`);
}

function deliveryOf({ event: { pathType, xml }, headers }: Sent): string {
	const [, kind = ''] = /^(copy|forged)-/.exec(headers['X-Nexus-Delivery-Id']!) ?? [];
	return `${kind || 'delivery'} ${pathType} ${pageOf({ event: { xml } })}`;
}

export function pageOf({ event: { xml } }: { event: Pick<Sent['event'], 'xml'> }): string {
	return /<page id="(\d+)"/.exec(xml)![1]!;
}

/** How often each change came, and with which marks. */
function cameIn({ executions, delivered }: World): string[] {
	const items = executions.flatMap(({ row, passed }) => (row === delivered ? passed : []));
	return [...Map.groupBy(items, (item) => nameFor(delivered, item))].map(([name, all]) => {
		const marks = all.map(({ recovered, redelivered }) =>
			[recovered && 'recovered', redelivered && 'redelivered'].filter(Boolean).join(' and '),
		);
		return `${name} comes ${marks
			.map((each) => each || 'unmarked')
			.sort()
			.join(', and ')}`;
	});
}

/**
 * A machine that is busy makes n8n respond too late: a delivery is sent once more, or a check is faster, and what comes
 * of its page is marked, or recovered, or both. Of such pages only whether a change comes is compared. Elsewhere, too,
 * n8n then marks what it could not look up in time, and a first text comes if it has stored in time that the site sends
 * them.
 */
export function loosened(story: string[], latePages: ReadonlySet<string>): string[] {
	if (latePages.size === 0) return story;
	const isFirstText = (line: string) => /^pagecontent_update \d+ 1 comes/.test(line);
	const isLate = (line: string) => latePages.has(/^\w+ (\d+).* comes/.exec(line)?.[1] ?? '');
	return story
		.filter((line) => !isFirstText(line))
		.map((line) => (isLate(line) ? line.replace(/ comes .*/, ' comes') : line))
		.map((line) => line.replaceAll(' and redelivered', '').replaceAll('redelivered', 'unmarked'));
}
