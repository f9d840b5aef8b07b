import { describe, expect, it } from 'vitest';
import { fastTest, type Settings } from '../support/simulator/index.mts';
import { CONDITIONS, DEEDS, expectedOf, WITNESSES, type Witness } from './deeds.mts';
import { MISMATCHES, readingsOf } from './readings.mts';
import { inThread } from './thread.mts';
import type { Account, Outcome } from './witness.mts';
import type { Job } from './witness.worker.mts';

/* What people do, at each site that there may be, before each witness: the table in deeds.mts. */

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
const accounts = await inThread<Account>('witness.worker.mts', jobs);
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

const CASES = Object.keys(DEEDS).flatMap((deed) => WITNESSES.map((witness) => [deed, BY[witness], witness] as const));

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
		expect(account.outcomes.map(({ deed }) => deed).toSorted()).toEqual(Object.keys(DEEDS).toSorted());
		expect(account.outcomes.filter(({ withoutEffect }) => withoutEffect.length > 0)).toEqual([]);
	}
});

it.each(WITNESSES)('nothing comes that no deed has brought about (%s)', (witness) => {
	for (const { account } of sitesOf(witness)) expect(account.stray).toEqual([]);
});

it.each(WITNESSES)('beside what is %s nothing comes but what the documents say', (witness) => {
	for (const site of sitesOf(witness)) {
		for (const { deed, besides } of site.account.outcomes)
			expect(besides, `${deed}: ${site.reading}`).toEqual(besidesOf(site, deed, besides));
	}
});

/** What comes in another way than by the witness of a world. */
function besidesOf({ witness, settings }: Site, deed: string, came: string[]): string[] {
	const of = (other: Witness) => expectedOf(DEEDS[deed]!, other, settings);
	switch (witness) {
		case 'compared':
			return DEEDS[deed]!.isHeardAtLast ? ['pagecontent_update'] : [];
		case 'delivered': {
			const missing = without(of('recovered'), of('delivered'));
			const isUnsent = settings.publicationFires === 'nothing';
			const may = isUnsent ? of('recovered') : missing;
			// What names no page may be taken for it, and what is not sent may be found in two ways.
			const isCertain = !isUnsent && settings.eventBody === 'full';
			return isCertain ? missing : without(came, without(came, may));
		}
		default:
			return [];
	}
}

it('what was recovered does not come again when it is delivered late, also after a restart', () => {
	// Of an event that names no page nobody may be able to tell what it was.
	for (const site of sitesOf('recovered').filter(({ settings }) => settings.eventBody === 'full')) {
		for (const { deed, came, besides } of site.account.late) {
			const of = (witness: Witness) => expectedOf(DEEDS[deed]!, witness, site.settings);
			expect(came, `${deed}: ${site.reading}`).toEqual(of('recovered'));
			// Nobody can open it any more.
			const isGone = deed === 'creates a page, and deletes it';
			const late = of('delivered').filter((event) => !(isGone && event === 'page_published'));
			expect(besides, `${deed}: ${site.reading}`).toEqual(without(late, came));
		}
	}
});

describe.each(Object.keys(MISMATCHES).map((name, index) => [name, MISMATCHED[index]!] as const))(
	'where %s',
	(_name, { account }) => {
		it('the comparison brings nothing but deletions, of which no event has come', () => {
			const came = account.outcomes.flatMap((outcome) => outcome.came);
			expect(new Set(came)).toEqual(new Set(['page_delete']));
		});
	},
);

it.each(Object.entries(CONDITIONS))('there are sites for and against: %s', (_name, isSo) => {
	const answers = sites.map(({ settings }) => isSo(settings));
	expect(new Set(answers).size).toBe(2);
});

/** Takes away each of the others once. */
function without(events: string[], others: string[]): string[] {
	const left = [...others];
	return events.filter((event) => {
		const index = left.indexOf(event);
		if (index >= 0) left.splice(index, 1);
		return index < 0;
	});
}
