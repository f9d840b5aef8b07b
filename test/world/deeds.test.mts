import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { fastTest, type Settings } from '../support/simulator/index.mts';
import { CONDITIONS, DEEDS, expectedOf, WITNESSES, type Witness } from './deeds.mts';
import { MISMATCHES, readingsOf } from './readings.mts';
import type { Account, Outcome } from './witness.mts';
import type { Job } from './witness.worker.mts';

/* What people do, at each site that there may be, before each witness: the table in deeds.mts. */

/** The accounts of worlds, in the order of the jobs. */
async function accountsOf(jobs: Job[]): Promise<Account[]> {
	const accounts: Account[] = [];
	const worker = new Worker(new URL('witness.worker.mts', import.meta.url), { workerData: jobs });
	await new Promise<void>((resolve, reject) => {
		worker.on('message', (account: Account) => {
			accounts.push(account);
			if (accounts.length === jobs.length) resolve();
		});
		worker.on('error', reject);
	});
	await worker.terminate();
	return accounts;
}

interface Site {
	witness: Witness;
	settings: Settings;
	reading: string;
	account: Account;
}

const jobs: Job[] = [
	...WITNESSES.flatMap((witness) => readingsOf(witness).map((settings) => ({ witness, settings }))),
	...Object.values(MISMATCHES).map((settings) => ({ witness: 'compared' as const, settings })),
];
const accounts = await accountsOf(jobs);
const sites = jobs.map(
	({ witness, settings }, index): Site => ({
		...{ witness, settings: { ...fastTest, ...settings } },
		...{ reading: JSON.stringify(settings), account: accounts[index]! },
	}),
);
const MISMATCHED = sites.splice(-Object.keys(MISMATCHES).length);

const sitesOf = (witness: Witness) => sites.filter((site) => site.witness === witness);
const outcomeOf = ({ account }: Site, deed: string): Outcome =>
	account.outcomes.find((outcome) => outcome.deed === deed)!;

const BY: Record<Witness, string> = {
	delivered: 'deliveries bring',
	recovered: 'the recovery after failed deliveries brings',
	compared: 'the hourly comparison brings',
	polled: 'polling brings',
};

const CASES = Object.keys(DEEDS).flatMap((deed) =>
	WITNESSES.map((witness) => [deed, BY[witness], witness] as const),
);

it.each(CASES)('an author %s: %s what the table says', (deed, _by, witness) => {
	const wrong = sitesOf(witness)
		.map((site) => ({
			where: site.reading,
			came: outcomeOf(site, deed).came,
			expected: expectedOf(DEEDS[deed]!, witness, site.settings),
		}))
		.filter(({ came, expected }) => came.join() !== expected.join());
	expect(wrong).toEqual([]);
});

it.each(WITNESSES)('each act of each deed changes the site (%s)', (witness) => {
	for (const { account } of sitesOf(witness)) {
		expect(account.outcomes.map(({ deed }) => deed).toSorted()).toEqual(
			Object.keys(DEEDS).toSorted(),
		);
		expect(account.outcomes.filter(({ withoutEffect }) => withoutEffect.length > 0)).toEqual([]);
	}
});

it.each(WITNESSES)('nothing comes that no deed has brought about (%s)', (witness) => {
	for (const { account } of sitesOf(witness)) expect(account.stray).toEqual([]);
});

it.each(WITNESSES)('what is %s does not come in another way, too', (witness) => {
	for (const site of sitesOf(witness)) {
		const wrong = site.account.outcomes.filter(
			({ deed, besides }) => !isPartOf(besides, allowedBesides(site, deed)),
		);
		expect(wrong, site.reading).toEqual([]);
	}
});

/** What may come in another way than by the witness of a world. */
function allowedBesides({ witness, settings }: Site, deed: string): string[] {
	const of = (other: Witness) => expectedOf(DEEDS[deed]!, other, settings);
	if (witness === 'compared' && DEEDS[deed]!.isHeardAtLast) return of('delivered');
	// The comparison finds what is not sent.
	const isUnsent = witness === 'delivered' && settings.publicationFires === 'nothing';
	return isUnsent ? of('compared') : [];
}

it('what was recovered does not come again when it is delivered late', () => {
	for (const site of sitesOf('recovered')) {
		// Of an event that names no page nobody may be able to tell what it was.
		if (site.settings.eventBody === 'thin') continue;
		for (const { deed, came, besides } of site.account.late) {
			const of = (witness: Witness) => expectedOf(DEEDS[deed]!, witness, site.settings);
			expect(came, `${deed}: ${site.reading}`).toEqual(of('recovered'));
			const once = [...of('recovered'), ...without(of('delivered'), of('recovered'))];
			const both = [...came, ...besides];
			expect(isPartOf(both, once), `${deed}: ${both.join()}; ${site.reading}`).toBe(true);
		}
	}
});

describe.each(Object.keys(MISMATCHES).map((name, index) => [name, MISMATCHED[index]!] as const))(
	'where %s',
	(_name, { account }) => {
		it('the comparison brings nothing', () => {
			expect(account.outcomes.filter(({ came }) => came.length > 0)).toEqual([]);
		});
	},
);

it.each(Object.entries(CONDITIONS))('there are sites for and against: %s', (_name, isSo) => {
	const answers = sites.map(({ settings }) => isSo(settings));
	expect(new Set(answers).size).toBe(2);
});

/** Each as often as it is in the other list. */
function without(events: string[], others: string[]): string[] {
	const left = [...others];
	return events.filter((event) => {
		const index = left.indexOf(event);
		if (index >= 0) left.splice(index, 1);
		return index < 0;
	});
}

const isPartOf = (events: string[], others: string[]) => without(events, others).length === 0;
