import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { N8nInstance } from '../../support/n8n/instance.mts';
import { rounded } from './figures.mts';
import { measure, warmUp } from './rounds.mts';
import { type Setting, withEnvOf } from './settings.mts';
import { Stage, type Subject } from './stage.mts';

/** What `node --cpu-prof` writes. */
export interface CpuProfile {
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
export interface Span {
	from: number;
	to: number;
	runs: number;
}

/** Ms of n8n's main thread for each execution, by what they were spent on. */
export type Costs = Record<string, number>;

/** Processes of n8n that write a profile each, and what they are loaded with. */
export interface Profiled {
	stage: Stage;
	subjects: Record<string, Subject>;
	processes: Record<string, N8nInstance>;
}

/** Where the time of a delivery goes in n8n's main thread, for each workflow. */
export async function profile(setting: Setting, seconds: number) {
	return await withEnvOf(
		setting,
		async (env) => await profileOf(async (options) => await alone({ ...env, ...options }), seconds),
	);
}

async function alone(env: Record<string, string>): Promise<Profiled> {
	const stage = await Stage.open(env);
	return { stage, subjects: await stage.publishAll(), processes: { n8n: stage.scene.n8n } };
}

/**
 * The same for each process that is named. Profiling slows n8n down by something: it is the shares that
 * count.
 */
export async function profileOf(
	open: (env: Record<string, string>) => Promise<Profiled>,
	seconds: number,
) {
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-profile-'));
	// Every 500 µs: enough for shares, and a file that can be read.
	const options = `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}`;
	try {
		const { spans, pids } = await recordedSpans(await open({ NODE_OPTIONS: options }), seconds);
		const rows = pids.map(async ([name, pid]) => {
			const found = costs(await recordedProfile(folder, pid), new Map(spans));
			return [...found].map(([workflow, spent]) => ({ process: name, workflow, ...spent }));
		});
		return (await Promise.all(rows)).flat();
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Loads each workflow in turn; n8n writes its profile when it stops. */
async function recordedSpans({ stage, subjects, processes }: Profiled, seconds: number) {
	try {
		await warmUp(stage, Object.values(subjects), 1);
		const spans: Array<readonly [string, Span]> = [];
		for (const [name, subject] of Object.entries(subjects)) {
			const from = now();
			const { runs } = await measure(stage, subject, { concurrency: 10, seconds });
			spans.push([name, { from, to: now(), runs }]);
		}
		const pids = Object.entries(processes).map(([name, { pid }]) => [name, pid!] as const);
		await Promise.all(Object.values(processes).map(async (each) => await each.stop()));
		return { spans, pids };
	} finally {
		await stage.close();
	}
}

function now(): number {
	return Number(process.hrtime.bigint() / 1000n);
}

/** Threads and helpers of n8n write one each; that of the main thread is by far the longest. */
async function recordedProfile(folder: string, pid: number): Promise<CpuProfile> {
	const files = (await readdir(folder)).filter((file) => file.split('.').includes(String(pid)));
	const texts = await Promise.all(
		files.map(async (file) => await readFile(join(folder, file), 'utf8')),
	);
	const [longest] = texts.sort((one, other) => other.length - one.length);
	if (longest === undefined) throw new Error('n8n has written no profile');
	return JSON.parse(longest) as CpuProfile;
}

/** What was spent in each span of time, but for the time in which there was nothing to do. */
export function costs<Name>(recorded: CpuProfile, spans: Map<Name, Span>): Map<Name, Costs> {
	const areaOf = areas(recorded);
	const samples = timedSamples(recorded);
	const entries = [...spans].map(([name, { from, to, runs }]) => {
		const inside = samples.filter(({ at }) => at >= from && at <= to);
		return [name, perRun(inside, areaOf, runs)] as const;
	});
	return new Map(entries);
}

interface Sample {
	node: number;
	at: number;
	us: number;
}

function timedSamples({ startTime, samples, timeDeltas }: CpuProfile): Sample[] {
	let at = startTime;
	return samples.map((node, index) => {
		const us = timeDeltas[index]!;
		at += us;
		return { node, at, us };
	});
}

function perRun(samples: Sample[], areaOf: Map<number, string>, runs: number): Costs {
	const spent = new Map<string, number>();
	for (const { node, us } of samples) {
		const area = areaOf.get(node)!;
		spent.set(area, (spent.get(area) ?? 0) + us);
	}
	spent.delete(IDLE);
	const sorted = [...spent].sort(([, a], [, b]) => b - a);
	const ms = (us: number) => rounded(us / 1000 / runs, 2);
	const all = ms(sorted.reduce((sum, [, us]) => sum + us, 0));
	return { runs, all, ...Object.fromEntries(sorted.map(([area, us]) => [area, ms(us)])) };
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

const IDLE = 'idle';

/** A map, because functions are named `toString` and `constructor`, too. */
const SPECIAL = new Map([
	['(idle)', IDLE],
	['(program)', 'system calls and native code'],
	['(garbage collector)', 'garbage collection'],
]);

/** For each node of the call tree the area that its time belongs to. */
function areas({ nodes }: CpuProfile): Map<number, string> {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const found = new Map<number, string>();
	const visit = (id: number, above: string[]) => {
		const { callFrame, children = [] } = byId.get(id)!;
		const stack = [...above, callFrame.url];
		found.set(id, SPECIAL.get(callFrame.functionName) ?? areaOf(stack));
		for (const child of children) visit(child, stack);
	};
	visit(nodes[0]!.id, []);
	return found;
}

function areaOf(urls: string[]): string {
	const hit = AREAS.find(([, pattern]) => urls.some((url) => pattern.test(url)));
	return hit?.[0] ?? 'Node and libraries';
}
