import { expect, it } from 'vitest';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { outcomeOf } from '../support/integration/action-node.mts';
import { useScenes, credentialFor } from '../support/integration/scene.mts';
import {
	actionScenarios,
	type ActionCall,
	type ActionScenario,
	recordActionCalls,
	runOf,
	timesOf,
	titleOf,
	useWorlds,
} from '../support/tables/action-scenarios.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import type { Simulator } from '../support/simulator/index.mts';
import { actionFaults, type CallFault, expectCauseOf, faultAt } from '../support/tables/faults.mts';

useScenes();

it('the tables of faults cover every operation of the node', () => {
	const all = resources.flatMap(({ value, operations }) =>
		operations.map((operation) => `${value}.${operation.value}`),
	);
	const tried = actionScenarios.map(({ resource, operation }) => `${resource}.${operation}`);
	expect([...new Set(tried)].toSorted()).toEqual(all.toSorted());
});

/** A fault that is none for what was asked for. */
interface NoFailure {
	operation: RegExp;
	call: RegExp;
	/** Only between these positions. */
	between?: [first: number, last: number];
	fault: RegExp;
	why: string;
}

const GONE = /^a (404|410)/;
const DONE_ALL_THE_SAME = /^(XML with another root|a 200 without a body) after/;
const ONE_WEBHOOK = /^GET \/webhooks\/\d+$/;

const WHO_WE_ARE = /\/users\/current$/;

const NO_FAILURE: NoFailure[] = [
	{
		operation: /./,
		call: WHO_WE_ARE,
		between: [1, 1],
		fault: /^a 401$/,
		why: 'a site that refuses authenticate=true, and accepts the token without it, is asked so',
	},
	{
		operation: /^draft\.createOrUpdate \(of a new page\)$/,
		call: /\/info$/,
		fault: GONE,
		why: 'a path without a page is where the new one is made',
	},
	{
		operation: /^draft\.createOrUpdate( \(|$)/,
		call: /^GET \/drafts\/\d+$/,
		fault: GONE,
		why: 'a page without a draft gets one',
	},
	{
		operation: /^(page|draft)\.createOrUpdate \(in Markdown\)$/,
		call: /^GET \/(pages|drafts)\/\d+\/contents$/,
		fault: GONE,
		why: 'a text that is not there has nothing that Markdown could lose',
	},
	{
		operation: /^page\.revert\b/,
		call: /^POST /,
		fault: /^a 200 without a body after/,
		why: 'the ancestor responds with nothing: the page is read again, and has a new revision',
	},
	{
		operation: /^page\.(getChangedSince \(each revision\)|getTree)$/,
		call: /\/(revisions|contents)$/,
		fault: GONE,
		why: 'a page that was deleted since it was listed has nothing to give',
	},
	{
		operation: /^page\.compareWithIndex$/,
		call: /\/pages\/home\/find$|\/subpages$/,
		// Then the list meets it, too.
		fault: /^(?!.* that lasts)/,
		why: 'how deep the search of a site goes is looked at once, and is likely the whole tree',
	},
	{
		operation: /^page\.compareWithIndex$/,
		call: /\/contents$/,
		fault: /^(a (403|404|410|500|502)|truncated XML|XML with another root|a 200 without)/,
		why: 'a page whose text cannot be read is left out, and the others must be removed all the same',
	},
	{
		operation: /^tag\.getPages$/,
		call: /\/site\/tags\//,
		fault: GONE,
		why: 'a tag that no page has may not be there: it has no pages',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: ONE_WEBHOOK,
		between: [4, 5],
		fault: GONE,
		why: 'a webhook that was removed since it was listed is not there to be reported',
	},
	{
		operation: /^(file\.delete|webhook\.(addEvent|delete|disable|enable|removeEvent))$/,
		call: /^(PUT|DELETE) /,
		fault: DONE_ALL_THE_SAME,
		why: 'the response is not needed: it is read again, and what is asked for is done',
	},
	{
		operation: /^page\.getContents( \(as Markdown\))?$/,
		call: /^GET \/pages\/\d+$/,
		// Then the text meets it, too.
		fault: /^(?!.* that lasts)/,
		why: 'the text of a page is worth more than its address',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: /^GET \/(site\/jobs|pages\/(home|\d+)\/(subpages|find))$/,
		fault: /./,
		why: 'jobs that the site does not tell of are left out, and so is how deep its search goes',
	},
	{
		operation: /^(webhook|file)\.delete$/,
		call: /^GET \/(webhooks\/\d+|files\/\d+\/info)$/,
		between: [4, 4],
		fault: GONE,
		why: 'what is looked for after its deletion is to be gone',
	},
];

/** What has to come of a fault: items, something thrown, or either of them. */
function expectationOf(scenario: ActionScenario, call: ActionCall, fault: CallFault): 'gives' | 'throws' | 'either' {
	if (NO_FAILURE.some((each) => isAbout(each, scenario, call, fault))) return 'gives';
	const isOver = fault.isRetried && fault.times !== undefined;
	if (!isOver || (scenario.neverTwice && call.writes)) return 'throws';
	// Done a second time by rule: the site may not take that, or not see a difference. It takes the same text again.
	const mayDiffer = fault.effect.applyThenFail && scenario.operation !== 'createOrUpdate';
	return mayDiffer ? 'either' : 'gives';
}

/** Reasons of exceptions that are about nothing in the table any more. */
function unneeded(table: Array<{ scenario: ActionScenario; calls: ActionCall[] }>): string[] {
	const met = (each: NoFailure) =>
		table.some(({ scenario, calls }) =>
			calls.some((call) => actionFaults(call).some((fault) => isAbout(each, scenario, call, fault))),
		);
	return NO_FAILURE.filter((each) => !met(each)).map(({ why }) => why);
}

function isAbout(
	{ operation, call: calls, between = [1, Infinity], fault: faults }: NoFailure,
	scenario: ActionScenario,
	{ call, position }: ActionCall,
	{ name }: CallFault,
): boolean {
	return (
		operation.test(titleOf(scenario)) &&
		calls.test(call) &&
		between[0] <= position &&
		position <= between[1] &&
		faults.test(name)
	);
}

/** How often the site may get this call at most. */
function maxTimes(scenario: ActionScenario, call: ActionCall, fault: CallFault): number {
	const mayRetry = fault.isRetried && !(scenario.neverTwice && call.writes);
	// With and without `authenticate`: which of the two is refused?
	const isInDoubt = WHO_WE_ARE.test(call.call) && /^a 40[01]\b/.test(fault.name);
	const times = call.times + (mayRetry ? 3 : 0) + (isInDoubt ? 2 : 0);
	return Math.max(times, fault.times ?? 0);
}

interface Row {
	scenario: ActionScenario;
	call: ActionCall;
	fault: CallFault;
}

const EXPECTED = {
	gives: 'succeeds all the same',
	throws: 'says what happened and what to do',
	either: 'succeeds or says what to do',
};

function rowsOf(scenario: ActionScenario, call: ActionCall): Array<[title: string, Row]> {
	return actionFaults(call).map((fault) => {
		const expected = EXPECTED[expectationOf(scenario, call, fault)];
		const where = `call ${call.position} (${call.call}) meets ${fault.name}`;
		return [`${titleOf(scenario)} ${expected}: ${where}`, { scenario, call, fault }];
	});
}

/** Whether the token is accepted is asked in one place for all: one scenario of a resource will do. */
function isAttacked({ resource, operation, variant }: ActionScenario, { position }: ActionCall) {
	const first = actionScenarios.find((each) => each.resource === resource)!;
	return position > 1 || (operation === first.operation && variant === first.variant);
}

/** One run with the fault, which must come to what the table says. */
async function expectOutcome({ scenario, call, fault }: Row, site: Simulator): Promise<void> {
	site.faults.add(faultAt(call.position, fault));
	const outcome = await outcomeOf(site, runOf(scenario));
	const secretive = { site, host: { credential: () => credentialFor(site) } };
	const expected = expectationOf(scenario, call, fault);
	if (expected !== 'either') {
		expect(outcome.thrown === undefined ? 'gives' : 'throws').toBe(expected);
	}
	if (outcome.thrown !== undefined) {
		expectActionAdvice(outcome.thrown, secretive);
		expectCauseOf(outcome.thrown, fault, WHO_WE_ARE.test(call.call));
		if (mayBeSaved(call, fault)) expect(textOf(outcome.thrown)).toMatch(LOOK_FIRST);
	}
	expect(timesOf(site, call)).toBeLessThanOrEqual(maxTimes(scenario, call, fault));
	expectNoSecretIn([outcome.items, outcome.hints], secretive);
	expectNoSecretInLog(secretive);
}

/** A text may be saved: whoever is told to try again would append it twice. */
function mayBeSaved({ call }: ActionCall, { effect, cause }: CallFault): boolean {
	const isOutage = cause === 'temporarily-unavailable';
	return /^POST .*\/contents$/.test(call) && effect.applyThenFail === true && isOutage;
}

const LOOK_FIRST =
	/^Expert did not confirm that the (page|draft) was saved\. (?!.*try again).*save again if it does not\./i;

function textOf(thrown: unknown): string {
	const { message, description } = thrown as Error & { description: string };
	return `${message}. ${description}`;
}

/*
 * Each scenario with every fault at every one of its calls: something is thrown that says what happened
 * and what to do, or the table of exceptions says why that is no failure.
 */
const recorded: Array<{ scenario: ActionScenario; calls: ActionCall[] }> = [];
for (const scenario of actionScenarios) {
	recorded.push({ scenario, calls: await recordActionCalls(scenario) });
}
const worlds = useWorlds();

it('the table of faults has no unneeded exception', () => expect(unneeded(recorded)).toEqual([]));

for (const { scenario, calls } of recorded) {
	it(`${titleOf(scenario)} makes calls that can fail`, () => expect(calls.length).toBeGreaterThan(1));

	const attacked = calls.filter((call) => isAttacked(scenario, call));
	it.each(attacked.flatMap((call) => rowsOf(scenario, call)))('%s', async (_title, row) => {
		await expectOutcome(row, await worlds.next());
	});
}
