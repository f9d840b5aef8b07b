import { isDeepStrictEqual } from 'node:util';
import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { named, outcomeOf } from '../support/integration/action-node.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { closeAll, credentialFor, useScenes } from '../support/integration/scene.mts';
import {
	actionScenarios,
	type ActionScenario,
	HOOKS,
	openWorld,
	runOf,
	titleOf,
	useWorlds,
} from '../support/tables/action-scenarios.mts';
import { elementAt } from '../support/present.mts';
import { isNamed, type Read, readsOf, writesOf } from '../support/tables/reads.mts';

useScenes();

/*
 * Nothing is written by guess: before each write, every element and attribute of what is read for it is left
 * out once. Then the same is written all the same, or nothing, and a person reads what was missing.
 */

/** A part without which something else comes of it, and no name. */
type Known = [operation: RegExp, read: RegExp, part: RegExp, why: string];

/** Where the webhook is looked for; later, others with its address are. */
const LIST = /^GET \/webhooks \(call 2\)$/;
const ONE = /^GET \/webhooks\/\d+ /;
const CONTENTS = /\/contents /;
const ARCHIVED = /^GET \/archive\/pages\/\d+\/info /;

const NO_EVENTS = /^webhook\/events\/event$/;
const AUTHORIZATION = /^webhook\/authorization-header$/;
const BODY = /^content\/body$/;
const PATH = /^page\.archive\/path$/;

const KNOWN: Known[] = [
	[/^webhook\./, LIST, /^webhooks\/webhook$/, 'a site without webhooks responds so'],
	[/^webhook\.removeEvent/, ONE, NO_EVENTS, 'without events, there is nothing to remove'],
	[/^webhook\.(enable|disable)/, ONE, AUTHORIZATION, 'the update leaves out what is not shown'],
	[/replaceText/, CONTENTS, BODY, 'in a page without a text, there is nothing to replace'],
	[/where there is no text/, CONTENTS, BODY, 'it is left alone as a page that has a text'],
	[/^archivedPage\.restore/, ARCHIVED, PATH, 'the message says that the former path is not named'],
];

/** Paths of the pages and URLs of the webhooks that the scenarios name by their IDs. */
const PATHS: Record<string, string> = {
	3: 'Guides/Setup',
	5: 'Drafted',
	7: 'Edited',
	8: 'Old',
	10: 'Blank',
};

/** The same where the page or webhook is named in the other way, so that it has to be looked up. */
function lookedUp(scenario: ActionScenario): ActionScenario[] {
	type Named = Record<string, { mode: string; value: string } | undefined>;
	const { page, webhook } = scenario.fields as Named;
	const fields: IDataObject = { ...scenario.fields };
	if (page?.mode === 'id') fields.page = named('path', PATHS[page.value]);
	else if (webhook?.mode === 'id') fields.webhook = named('url', elementAt(HOOKS, Number(webhook.value) - 1).url);
	else return [scenario];
	const variant = [scenario.variant, 'looked up'].filter(Boolean).join(', ');
	return [scenario, { ...scenario, variant, fields }];
}

const ofNewPage: ActionScenario = {
	...{ resource: 'page', operation: 'createOrUpdate', variant: 'of a new page' },
	fields: { page: named('path', 'Brand/New'), contents: '<p>new</p>' },
};

interface Row {
	scenario: ActionScenario;
	read: Read;
	part: string;
	/** What is written when nothing is missing. */
	writes: string[];
}

const placeOf = ({ call, position }: Read) => `${call} (call ${position})`;

async function rowsOf(scenario: ActionScenario): Promise<Array<[title: string, Row]>> {
	const site = await openWorld();
	const { thrown } = await outcomeOf(site, runOf(scenario));
	if (thrown !== undefined) throw new Error(titleOf(scenario), { cause: thrown });
	const writes = writesOf(site);
	const reads = writes.length === 0 ? [] : await readsOf(site, await openWorld());
	await closeAll();
	return reads.flatMap((read) =>
		read.parts.map((part): [string, Row] => [
			`${titleOf(scenario)} writes nothing by guess: ${placeOf(read)} lacks ${part}`,
			{ scenario, read, part, writes },
		]),
	);
}

function knownOf({ scenario, read, part }: Row): Known | undefined {
	return KNOWN.find(
		([operations, reads, parts]) => operations.test(titleOf(scenario)) && reads.test(placeOf(read)) && parts.test(part),
	);
}

const rows: Array<[title: string, Row]> = [];
for (const scenario of [...actionScenarios.flatMap(lookedUp), ofNewPage]) {
	rows.push(...(await rowsOf(scenario)));
}
const worlds = useWorlds();

it('the table of missing parts has no unneeded exception', () => {
	const met = new Set(rows.map(([, row]) => knownOf(row)));
	expect(KNOWN.filter((each) => !met.has(each))).toEqual([]);
});

it.each(rows)('%s', async (_title, row) => {
	const site = await worlds.next();
	const match = { nth: row.read.position, times: 1 };
	site.faults.add({ match, effect: { without: row.part } });
	const { thrown } = await outcomeOf(site, runOf(row.scenario));
	const written = writesOf(site);
	const isKnown = knownOf(row) !== undefined;
	if (thrown === undefined) {
		expect(isDeepStrictEqual(written, row.writes)).toBe(!isKnown);
		return;
	}
	expect(written).toEqual([]);
	expectActionAdvice(thrown, { site, host: { credential: () => credentialFor(site) } });
	expect(isNamed(row.part, (thrown as { description: string }).description)).toBe(!isKnown);
});
