import { inTurn, spread } from './in-turn.mts';
import { load, type Response, untilIdle } from './load.mts';
import type { Section, Size } from './results.mts';
import { type Case, casesOf, type Name, withSubjects } from './subjects.mts';

const NAMES: Name[] = ['Webhook node', 'by hand', 'One', 'Several in a Burst'];
const CONCURRENT = [1, 10, 20, 30];
/** Deliveries for each that is under way. */
const TIMES = 8;
/** What Expert waits for. */
const TIMEOUT_MS = 1000;

/** How many deliveries get their response within the second that Expert allows. */
export async function benchBurst(tarball: string, { rounds }: Size): Promise<Section> {
	return await withSubjects(tarball, NAMES, async (subjects) => {
		const cases = casesOf(subjects, CONCURRENT);
		const measured = await inTurn(cases, rounds, async ({ subject, concurrency }) => {
			const count = concurrency * TIMES;
			const responses = await load(subject, { concurrency, count, timeoutMs: TIMEOUT_MS });
			await untilIdle(subject);
			return responses;
		});
		const groups = [...Map.groupBy(measured, ([{ group }]) => group)];
		return { ...TEXT, rows: groups.map(rowOf), chart: chartOf(groups) };
	});
}

const TEXT = {
	heading: 'The second that Expert allows',
	text: `Deliveries in percent that get 200 within a second at the first attempt: bursts of ${TIMES} for each that is under way at the same time. Medians; the plot has the least and the most, too. *By hand*: see [below](#against-n8ns-own-nodes).`,
};

type Group = [name: string, measured: Array<[Case, Response[][]]>];

const isInTime = ({ status, ms }: Response) => status === 200 && ms <= TIMEOUT_MS;

function percent(bursts: Response[][]) {
	return spread(bursts.map((each) => (100 * each.filter(isInTime).length) / each.length));
}

/** Medians; the plot shows the least and the most of the rounds, too. */
function rowOf([engine, measured]: Group) {
	return {
		engine,
		...Object.fromEntries(measured.map(([{ subject }, bursts]) => [subject.name, percent(bursts).value])),
	};
}

function chartOf(groups: Group[]): Section['chart'] {
	return {
		title: 'Deliveries in percent that get 200 within a second',
		groups: groups.map(([name, measured]) => ({
			name,
			bars: measured.map(([{ subject }, bursts]) => {
				return { label: subject.name, ...percent(bursts) };
			}),
		})),
	};
}
