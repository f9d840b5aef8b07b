import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundling, XML } from '../../../scripts/build/bundling.mts';
import { execa } from 'execa';
import { median } from 'simple-statistics';
import { packPackage } from '../../support/n8n/pack.mts';
import { atMost, type Goal, type Outcome, type Row } from '../report.mts';

/* What the package weighs: when n8n loads it, in memory, and on disk. */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const STARTS = 15;

/**
 * As n8n has it: n8n-workflow is there already, and the nodes come one after the other. In time of the
 * processor, as everything here.
 */
const script = `
	require('n8n-workflow');
	gc();
	const before = process.memoryUsage();
	const start = process.cpuUsage();
	require('./dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js');
	require('./dist/nodes/CxoneExpert/CxoneExpert.node.js');
	const { user, system } = process.cpuUsage(start);
	const milliseconds = (user + system) / 1000;
	gc();
	const after = process.memoryUsage();
	const heap = after.heapUsed - before.heapUsed;
	console.log(JSON.stringify({ milliseconds, heap, rss: after.rss - before.rss }));
`;

export default async function run(): Promise<Outcome> {
	const load = await loading();
	const files = await filesIn(join(root, 'dist'));
	const tarball = await tarballSize();
	const maps = await sourceMaps(files);
	const rows: Row[] = [
		{ what: 'loading both nodes, ms', measured: load('milliseconds') },
		{ what: 'heap that they take, MB', measured: load('heap') / 1e6 },
		{ what: 'memory of the process that they take, MB', measured: load('rss') / 1e6 },
		{ what: 'tarball, kB', measured: tarball / 1000 },
		{ what: 'dist, kB', measured: files.reduce((sum, { size }) => sum + size, 0) / 1000 },
		{ what: 'dist, files', measured: files.length },
	];
	const goals: Goal[] = [
		atMost(30, 'loading both nodes, ms', load('milliseconds')),
		atMost(200, 'tarball, kB', tarball / 1000),
		atMost(0, 'source maps in dist', maps),
	];
	return {
		tables: [
			{ title: `Footprint (median of ${STARTS} fresh processes)`, rows },
			{ title: 'dist by kind of file', rows: byKind(files) },
			{ title: 'What the XML reader in dist is made of', rows: await partsOfReader() },
		],
		goals,
	};
}

async function loading(): Promise<(what: string) => number> {
	const runs: Array<Record<string, number>> = [];
	for (let start = 0; start < STARTS; start++) {
		const { stdout } = await execa(process.execPath, ['--expose-gc', '-e', script], { cwd: root });
		runs.push(JSON.parse(stdout) as Record<string, number>);
	}
	return (what) => median(runs.map((values) => values[what]!));
}

interface File {
	path: string;
	size: number;
}

async function filesIn(folder: string): Promise<File[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
	return await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
}

async function tarballSize(): Promise<number> {
	const tarball = await packPackage();
	const { size } = await stat(tarball);
	await rm(dirname(tarball), { recursive: true });
	return size;
}

async function sourceMaps(files: File[]): Promise<number> {
	const found = files.map(async ({ path }) => {
		const isMap = path.endsWith('.map');
		return (
			isMap || (path.endsWith('.js') && (await readFile(path, 'utf8')).includes('sourceMappingURL'))
		);
	});
	return (await Promise.all(found)).filter(Boolean).length;
}

function byKind(files: File[]): Row[] {
	const kinds = Map.groupBy(files, ({ path }) => extname(path));
	return [...kinds].map(([kind, list]) => ({
		kind,
		files: list.length,
		kB: list.reduce((sum, { size }) => sum + size, 0) / 1000,
	}));
}

/** Bundles as scripts/bundle.mjs does, to see what each package adds. */
async function partsOfReader(): Promise<Row[]> {
	const { metafile } = await build({
		...bundling,
		entryPoints: [`${XML}.ts`],
		metafile: true,
		write: false,
		outdir: 'unused',
	});
	const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
	const parts = Map.groupBy(
		inputs,
		([path]) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? 'own code',
	);
	return [...parts].map(([part, list]) => ({
		part,
		kB: list.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0) / 1000,
	}));
}
