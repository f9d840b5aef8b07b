import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { closeAll, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { isNamed, readsOf } from '../support/tables/reads.mts';
import {
	FOREIGN,
	openScenario,
	type Scenario,
	subscriptionScenarios,
} from '../support/tables/subscription-scenarios.mts';

useScenes();

/*
 * As in action-missing-parts.test.mts, at a site that never has an element of what is read before the first
 * write. The same is written all the same; or a person reads what is missing, and nothing is written but that n8n
 * removes what it has not published.
 */

const TRIED = [
	'the first publish',
	'a publish that repairs everything',
	'a publish that repairs everything at a site that clears events',
	'a publish that finds two webhooks with our address',
	'an unpublish',
];

/** Without these, a list is empty. That is a form that is known. */
const ENTRIES = ['webhooks/webhook', 'webhook/events/event'];

/**
 * A webhook that was made a moment ago may have none: events are added, and then they have to be there. What was
 * done until then is undone.
 */
const EVENTS = 'webhook/events';

interface Row {
	scenario: Scenario;
	/** E.g. `GET /webhooks`. */
	call: string;
	part: string;
	/** What is written when nothing is missing. */
	writes: string[];
}

/** Without what they send: each scene has another address. */
function writesOf({ site }: Scene): string[] {
	return site.apiCalls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

async function rowsOf(scenario: Scenario): Promise<Array<[title: string, Row]>> {
	const scene = await openScenario(scenario);
	await scenario.act(scene);
	const writes = writesOf(scene);
	const reads = await readsOf(scene.site, (await openScenario(scenario)).site);
	await closeAll();
	const partsOf = new Map(reads.map(({ call, parts }) => [call, parts]));
	for (const { call, parts } of reads) partsOf.set(call, [...partsOf.get(call)!, ...parts]);
	return [...partsOf].flatMap(([call, parts]) =>
		[...new Set(parts)]
			.filter((part) => !ENTRIES.includes(part))
			.map((part): [string, Row] => [
				`${scenario.name} writes nothing by guess: ${call} lacks ${part}`,
				{ scenario, call, part, writes },
			]),
	);
}

for (const scenario of subscriptionScenarios.filter(({ name }) => TRIED.includes(name))) {
	const rows = await rowsOf(scenario);

	it(`${scenario.name} reads webhooks before it writes`, () => expect(rows).not.toEqual([]));

	it.each(rows)('%s', async (_title, { call, part, writes }) => {
		const scene = await openScenario(scenario);
		const match = { method: 'GET', path: new RegExp(`${call.replace('GET ', '')}$`) };
		scene.site.faults.add({ match, effect: { without: part } });
		const thrown: unknown = await scenario.act(scene).then(
			() => undefined,
			(error: unknown) => error,
		);
		if (thrown === undefined) return expect(writesOf(scene)).toEqual(writes);
		expectAdvice(thrown, scene);
		expect(isNamed(part, (thrown as Error).message)).toBe(true);
		const written = writesOf(scene).filter((write) => !write.startsWith('DELETE '));
		if (part !== EVENTS) expect(written).toEqual([]);
		expect(scene.site.webhooks().map(({ url }) => url)).toContain(FOREIGN);
	});
}

it('a publish at a site that shows no events says so, and removes what it has registered', async () => {
	const scene = await openScene();
	const match = { method: 'GET', path: /\/webhooks\/\d+$/ };
	scene.site.faults.add({ match, effect: { without: 'webhook/events' } });
	const { message } = await failureOf(scene.host.production.publish());
	expect(isNamed('webhook/events', message)).toBe(true);
	expect(scene.site.webhooks()).toEqual([]);
});
