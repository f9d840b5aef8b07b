import { quantile } from 'simple-statistics';
import { type Spread, spread } from './in-turn.mts';
import { load, type Response, type Subject, untilIdle } from './load.mts';
import type { Section, Size } from './results.mts';
import { ENGINES, type Name, withSubjects } from './subjects.mts';

const NAMES: Name[] = ['Webhook node', 'by hand', 'One', 'Several in a Burst'];
const CONCURRENCY = 20;
/** Into so many parts a flood is cut, to see whether n8n gets slower. */
const PARTS = 6;

interface Flood {
	engine: string;
	workflow: string;
	responses: Response[];
	/** Responses a second, by part. */
	parts: number[];
}

/** What n8n responds to while as much comes as it can take, for a while: from Expert, and from strangers. */
export async function benchFlood(tarball: string, { seconds }: Size): Promise<Section> {
	return await withSubjects(tarball, NAMES, async (subjects) => {
		const strangers = subjects
			.filter(({ name }) => name === 'Several in a Burst')
			.map((subject) => ({ ...subject, name: 'forged, refused', authorization: 'Bearer wrong' }));
		const floods: Flood[] = [];
		for (const subject of [...subjects, ...strangers]) {
			floods.push(await floodOf(subject, seconds));
			console.log(`${subject.engine}, ${subject.name}: done.`);
		}
		return { ...TEXT, rows: floods.map(rowOf), chart: chartOf(floods) };
	});
}

const TEXT = {
	heading: 'A flood',
	text: `Responses of 200 a second, ${CONCURRENCY} at the same time; of a stranger's deliveries with a wrong token, of 401. The line in the plot goes from the slowest to the fastest of ${PARTS} parts.`,
};

async function floodOf(subject: Subject, seconds: number): Promise<Flood> {
	const { name: workflow, engine } = subject;
	const wanted = workflow === 'forged, refused' ? 401 : 200;
	const all = await load(subject, { concurrency: CONCURRENCY, seconds });
	await untilIdle(subject);
	const responses = all.filter(({ status }) => status === wanted);
	const length = seconds / PARTS;
	const parts = Array.from({ length: PARTS }, (_, part) => {
		return responses.filter(({ at }) => Math.floor(at / length) === part).length / length;
	});
	return { engine, workflow, responses, parts };
}

function rowOf({ engine, workflow, responses, parts }: Flood) {
	const ms = responses.map((each) => each.ms);
	const within = (part: number) => (ms.length > 0 ? quantile(ms, part) : undefined);
	return {
		...{ engine, workflow },
		'a second': spread(parts).value,
		'95 % within, ms': within(0.95),
	};
}

function chartOf(floods: Flood[]): Section['chart'] {
	const barOf = ({ workflow, parts }: Flood): Spread & { label: string } => {
		return { label: workflow, ...spread(parts) };
	};
	return {
		title: `Responses a second, ${CONCURRENCY} concurrent`,
		groups: ENGINES.map((name) => ({
			name,
			bars: floods.filter(({ engine }) => engine === name).map(barOf),
		})),
	};
}
