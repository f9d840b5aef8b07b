import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rounded } from './figures.mts';
import { measure, warmUp } from './rounds.mts';
import type { Setting } from './settings.mts';
import { Stage } from './stage.mts';
import { type SubjectName, subjectNames } from './workflows.mts';

/** What `node --cpu-prof` writes. */
interface CpuProfile {
	nodes: Array<{ id: number; callFrame: Frame; children?: number[] }>;
	/** Microseconds of the monotonic clock, which `process.hrtime` tells, too. */
	startTime: number;
	samples: number[];
	timeDeltas: number[];
}

interface Frame {
	functionName: string;
	url: string;
}

/** Microseconds of the monotonic clock. */
interface Span {
	from: number;
	to: number;
	runs: number;
}

/** Ms of n8n's main thread for each execution, by what they were spent on. */
export type Costs = Record<string, number>;

/**
 * Where the time of a delivery goes in n8n's main thread, for each workflow. Profiling slows n8n
 * down by something: it is the shares that count.
 */
export async function profile(setting: Setting, seconds: number) {
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-profile-'));
	// Every 500 µs: enough for shares, and a file that can be read.
	const options = `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}`;
	try {
		const stage = await Stage.open({ ...setting.env, NODE_OPTIONS: options });
		const spans: Array<readonly [SubjectName, Span]> = [];
		try {
			const subjects = await stage.publishAll();
			await warmUp(stage, Object.values(subjects), 1);
			for (const name of subjectNames) {
				const from = now();
				const { runs } = await measure(stage, subjects[name], { concurrency: 10, seconds });
				spans.push([name, { from, to: now(), runs }]);
			}
		} finally {
			await stage.close();
		}
		const recorded = await largestProfile(folder);
		const areaOf = areas(recorded);
		return spans.map(([name, span]) => ({ workflow: name, ...costs(recorded, areaOf, span) }));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function now(): number {
	return Number(process.hrtime.bigint() / 1000n);
}

/** Helpers of n8n write one each; that of n8n itself is by far the longest. */
async function largestProfile(folder: string): Promise<CpuProfile> {
	const texts: string[] = [];
	for (const file of await readdir(folder)) texts.push(await readFile(join(folder, file), 'utf8'));
	const [longest] = texts.sort((a, b) => b.length - a.length);
	if (longest === undefined) throw new Error('n8n has written no profile');
	return JSON.parse(longest) as CpuProfile;
}

function costs(recorded: CpuProfile, areaOf: Map<number, string>, { from, to, runs }: Span): Costs {
	const spent = new Map<string, number>();
	let time = recorded.startTime;
	for (const [index, sample] of recorded.samples.entries()) {
		const delta = recorded.timeDeltas[index]!;
		time += delta;
		if (time < from || time > to) continue;
		const area = areaOf.get(sample)!;
		spent.set(area, (spent.get(area) ?? 0) + delta);
	}
	spent.delete('idle');
	const sorted = [...spent].sort(([, a], [, b]) => b - a);
	const perRun = sorted.map(([area, us]) => [area, rounded(us / 1000 / runs, 2)] as const);
	const all = sorted.reduce((sum, [, us]) => sum + us, 0);
	return { runs, all: rounded(all / 1000 / runs, 2), ...Object.fromEntries(perRun) };
}

/** The first that a call stack has to do with wins, whatever is called from there. */
const AREAS: Array<readonly [string, RegExp]> = [
	['expression engine', /@n8n\/expression-runtime|isolated-vm|@n8n\/tournament/],
	['this package', /n8n-nodes-cxone-expert/],
	['database', /typeorm|sqlite|@n8n\/db\/|\/pg(-\w+)?\/|repositor/],
	['XML of n8n', /xml2js|\/sax\//],
	['execution engine of n8n', /n8n-core\/|n8n-workflow\//],
	['n8n', /node_modules\/n8n\//],
];

const SPECIAL: Record<string, string> = {
	'(idle)': 'idle',
	'(program)': 'system calls and native code',
	'(garbage collector)': 'garbage collection',
};

/** For each node of the call tree the area that its time belongs to. */
function areas({ nodes }: CpuProfile): Map<number, string> {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const found = new Map<number, string>();
	const visit = (id: number, above: string[]) => {
		const { callFrame, children = [] } = byId.get(id)!;
		const stack = [...above, callFrame.url];
		found.set(id, SPECIAL[callFrame.functionName] ?? areaOf(stack));
		for (const child of children) visit(child, stack);
	};
	visit(nodes[0]!.id, []);
	return found;
}

function areaOf(urls: string[]): string {
	const hit = AREAS.find(([, pattern]) => urls.some((url) => pattern.test(url)));
	return hit?.[0] ?? 'Node and libraries';
}
