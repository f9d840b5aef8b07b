import { inTurn, ratio, type Spread, spread } from './in-turn.mts';
import { type Pace, pace } from './load.mts';
import type { Section, Size } from './results.mts';
import { type Case, casesOf, type Name, withSubjects } from './subjects.mts';

const NAMES: Name[] = [
	...(['Webhook node', 'by hand', 'One', 'Several in a Burst'] as const),
	...(['One, no page details', 'Several in a Burst, no page details'] as const),
];
const CONCURRENT = [10, 30];

interface Figures {
	name: string;
	perSecond: Spread;
	againstHand: Spread;
}

/** What n8n gets through: the trigger beside what a user would build instead, and beside the bare Webhook node. */
export async function benchHand(tarball: string, { rounds, seconds }: Size): Promise<Section> {
	return await withSubjects(tarball, NAMES, async (subjects) => {
		const measured = await inTurn(casesOf(subjects, CONCURRENT), rounds, async (each) => {
			return await pace(each.subject, { concurrency: each.concurrency, seconds });
		});
		const groups = [...Map.groupBy(measured, ([{ group }]) => group)].map(([name, each]) => {
			return { name, figures: figuresOf(each) };
		});
		return { ...TEXT, rows: groups.map(rowOf), chart: chartOf(groups) };
	});
}

const TEXT = {
	heading: "Against n8n's own nodes",
	text: 'Deliveries a second, from the first request until n8n has run the last one. *By hand* is Webhook (*Header Auth*, raw body), Extract from File, Crypto, If, XML, Remove Duplicates and HTTP Request, which gets the page; the bare Webhook node checks nothing. A 503 does not count; how late a 200 comes makes no difference. The variants take turns; the plot has the ratios of each round.',
};

function figuresOf(measured: Array<[Case, Pace[]]>): Figures[] {
	const rates = (paces: Pace[]) => paces.map(({ perSecond }) => perSecond);
	const base = (name: Name) => rates(measured.find(([{ subject }]) => subject.name === name)![1]);
	return measured.map(([{ subject }, own]) => ({
		name: subject.name,
		perSecond: spread(rates(own)),
		againstHand: ratio(rates(own), base('by hand')),
	}));
}

interface Group {
	name: string;
	figures: Figures[];
}

/** Deliveries a second; the plot shows the ratios. */
function rowOf({ name, figures }: Group) {
	return { engine: name, ...Object.fromEntries(figures.map((each) => [each.name, each.perSecond.value])) };
}

function chartOf(groups: Group[]): Section['chart'] {
	const barsOf = (figures: Figures[]) => figures.map(({ name, againstHand }) => ({ label: name, ...againstHand }));
	return {
		title: 'Deliveries a second, as a multiple of what was built by hand',
		groups: groups.map(({ name, figures }) => ({ name, bars: barsOf(figures) })),
	};
}
