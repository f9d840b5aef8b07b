import { type Deed, DEEDS, type Witness } from '../../world/deeds.mts';

/* The table of deeds, as documents show it: deeds of which the same comes share a row. */

/** The events that several witnesses tell of, in the order in which a cell has them. */
const COMMON: Record<string, string> = {
	page_create: 'created',
	pagecontent_update: 'edited',
	page_delete: 'deleted',
	page_published: 'published',
};
const NOTHING = '–';

/**
 * A column for each witness; without the deeds of which none of them tells. What stands behind a comma in the name of a
 * deed is said only where it makes a difference.
 */
export function deedRows(...witnesses: Witness[]): string[][] {
	const cellsOf = ({ comes }: Deed) => witnesses.map((witness) => cellOf(comes[witness])).join('|');
	const rows = new Map<string, string[]>();
	for (const [name, deed] of Object.entries(DEEDS)) {
		const cells = cellsOf(deed);
		const simple = DEEDS[name.split(', ')[0]!];
		if (simple !== undefined && simple !== deed && cellsOf(simple) === cells) continue;
		rows.set(cells, [...(rows.get(cells) ?? []), name]);
	}
	return [...rows]
		.map(([cells, names]) => [names.join('; '), ...cells.split('|')])
		.filter(([, ...cells]) => cells.some((cell) => cell !== NOTHING));
}

/** Such as "created, edited and published (if publications send an event)". */
function cellOf(events: Deed['comes'][Witness]): string {
	if (events === undefined) return NOTHING;
	const words = new Map<string, string[]>();
	for (const [type, word] of Object.entries(COMMON)) {
		const named = events.map((event) => event.split(', ')).filter(([name]) => name === type);
		const [condition] = named.map(([, reading = '']) => reading).toSorted();
		if (condition !== undefined) words.set(condition, [...(words.get(condition) ?? []), word]);
	}
	const parts = [...words].map(([condition, of]) =>
		condition === '' ? of.join(', ') : `${of.join(' and ')} (${condition})`,
	);
	return parts.length === 0 ? 'an event of its own' : parts.join(', ');
}
