import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FaultEffect, Simulator } from '../support/simulator/index.mts';
import { outcomeOf } from '../support/integration/action-node.mts';
import {
	type ActionCall,
	type ActionScenario,
	actionScenarios,
	HOOKS,
	recordActionCalls,
	runOf,
	titleOf,
	useWorlds,
} from '../support/tables/action-scenarios.mts';
import { expectActionAdvice } from '../support/integration/advice.mts';
import { credentialFor, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog, type Secretive } from '../support/integration/secrets.mts';

useScenes();

const worlds = useWorlds();
let site: Simulator;

async function nextSite(): Promise<void> {
	site = await worlds.next();
	Object.assign(site.settings, {
		...{ tokenKey: 'key-of-the-token', tokenSecret: 'se"cret\\of&the<tökén>' },
		signingSecret: 'whsec_"odd"\\&<ü>',
	});
}
beforeEach(nextSite);

/** Every field is filled, also what the chosen way to authenticate does not use. */
const kinds: Array<[name: string, of: (site: Simulator) => ICredentialDataDecryptedObject]> = [
	[
		'a long-term token',
		(at) => ({
			...credentialFor(at),
			...{ tokenKey: 'unused-key-&"', tokenSecret: 'unused<secret>\\"', runAsUser: 'nobody' },
			previousSigningSecret: 'whsec_of-last-month',
			deliveryToken: `Basic ${Buffer.from('expert:pa"ss\\w&rd').toString('base64')}`,
		}),
	],
	[
		'a server token',
		(at) => ({
			...serverTokenFor(at),
			longTermToken: 'unused.token/of+last&year"',
			previousSigningSecret: 'whsec_of-last-month',
			deliveryToken: 'Bearer own/"token"\\%41&',
		}),
	],
];

const echoes: Array<[name: string, effect: FaultEffect]> = [
	['XML', { status: 400, body: 'xml' }],
	['XML of the older style', { status: 403, body: 'old' }],
	['JSON', { status: 500, body: 'json' }],
	['a web page of success', { status: 200, body: 'html' }],
	['XML of success', { status: 200, body: 'xml' }],
];

const table: Array<{ title: string; scenario: ActionScenario; calls: ActionCall[] }> = [];
for (const scenario of actionScenarios) {
	table.push({ title: titleOf(scenario), scenario, calls: await recordActionCalls(scenario) });
}

function secretive(credential: ICredentialDataDecryptedObject): Secretive {
	const registered = HOOKS.map(({ authorization }) => authorization);
	return { site, host: { credential: () => credential }, registered };
}

describe.each(kinds)('with %s', (kind, credentialOfKind) => {
	describe.each(table)('$title', ({ title, scenario, calls }) => {
		it.each([false, true])(`${title} with ${kind} gives no secret (raw: %s)`, async (raw) => {
			const credential = credentialOfKind(site);
			const { thrown, ...given } = await outcomeOf(site, runOf(scenario, { credential, raw }));
			expect(thrown).toBeUndefined();
			expect(given.items!.length).toBeGreaterThan(0);
			expectNoSecretIn(given, secretive(credential));
			expectNoSecretInLog(secretive(credential));
			// The name of a field, in a sentence that says what to do.
			const text = JSON.stringify(given.items).replaceAll('Signing Secret', '');
			expect(text).not.toMatch(/authorization-header|secret/i);
		});

		it.each(echoes)(`${title} with ${kind} quotes no secret of a site that repeats it in %s`, async (_form, effect) => {
			// The question whether the token is accepted comes first, when it comes.
			for (let nth = 1; nth < calls.length; nth++) {
				await nextSite();
				const credential = credentialOfKind(site);
				const match = { path: /deki\/(?!users\/current)/, nth, times: 1 };
				site.faults.add({ match, effect: { ...effect, echo: true } });
				const outcome = await outcomeOf(site, runOf(scenario, { credential }));
				const known = secretive(credential);
				if (outcome.thrown !== undefined) expectActionAdvice(outcome.thrown, known);
				expectNoSecretIn(outcome, known);
				expectNoSecretInLog(known);
			}
		});
	});
});
