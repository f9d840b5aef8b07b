import type { Settings } from '../support/simulator/index.mts';
import type { Witness } from './deeds.mts';

/* What docs/vendor-facts.md leaves open: how a site may be, as far as it matters to a witness. */

type Values = { [Name in keyof Settings]?: Array<Settings[Name]> };

/** What a page and its drafts send. */
const FIRED = { newDraftFiresPageCreate: [true, false], createFiresContentUpdate: [true, false] };
const SHOWN: Values = { ...FIRED, eventBody: ['full', 'thin'] };

const OPEN: Record<Witness, Values> = {
	delivered: {
		...FIRED,
		publicationFires: ['contentUpdate', 'both', 'draftPublish', 'nothing'],
		eventBody: ['full', 'thin'],
		pageShape: ['short', 'full'],
		eventRevisionOffset: [0, 1, 2],
		requestDetails: ['none', 'userId', 'user'],
	},
	recovered: { ...SHOWN, eventRevisionOffset: [0, 1], clockSkewMs: [0, -7_200_000] },
	compared: { ...SHOWN, eventRevisionOffset: [0, 1] },
	polled: { clockSkewMs: [0, -7_200_000], ...FIRED },
};

/** So few sites that each value of one question meets each value of every other one. */
export function readingsOf(witness: Witness): Array<Partial<Settings>> {
	return coveringPairs(OPEN[witness]).map((reading) => {
		const { publicationFires } = reading;
		return {
			...reading,
			knowsDraftPublish: publicationFires === 'both' || publicationFires === 'draftPublish',
			// Else the first publication would send that.
			...(publicationFires === 'nothing' && { newDraftFiresPageCreate: true }),
		};
	});
}

/** Sites whose events tell of changes that the site does not show. */
export const MISMATCHES: Record<string, Partial<Settings>> = {
	'events are two minutes ahead': { eventSkewMs: 120_000 },
	'events have other IDs': { otherIdsInEvents: true },
};

/** Takes again and again the combination with the most pairs that no other one has. */
export function coveringPairs(values: Values): Array<Partial<Settings>> {
	const all = Object.entries(values).reduce<Array<Partial<Settings>>>(
		(rows, [name, of]) => rows.flatMap((row) => of.map((value) => ({ ...row, [name]: value }))),
		[{}],
	);
	const missing = new Set(all.flatMap(pairsOf));
	const gain = (row: Partial<Settings>) => pairsOf(row).filter((pair) => missing.has(pair)).length;
	const chosen: Array<Partial<Settings>> = [];
	while (missing.size > 0) {
		const best = all.reduce((one, other) => (gain(other) > gain(one) ? other : one));
		for (const pair of pairsOf(best)) missing.delete(pair);
		chosen.push(best);
	}
	return chosen;
}

function pairsOf(row: Partial<Settings>): string[] {
	const parts = Object.entries(row).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
	return parts.flatMap((one, index) => parts.slice(index + 1).map((other) => `${one} ${other}`));
}
