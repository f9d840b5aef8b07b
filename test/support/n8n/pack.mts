import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectRoot, searchPath } from './runtime.mts';
import { elementAt } from '../present.mts';

/** Packs this project as `npm publish` would, and returns the path of the tarball. */
export async function packPackage(folder: string = projectRoot): Promise<string> {
	if (!existsSync(join(folder, 'dist'))) {
		throw new Error(`${folder} has no dist folder to pack. Run "npm run build" first.`);
	}
	const target = await mkdtemp(join(tmpdir(), 'cxone-expert-pack-'));
	const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], {
		cwd: folder,
		env: { PATH: searchPath() },
	});
	return join(target, fileNameIn(stdout));
}

/** npm 11 prints a list, npm 12 an object keyed by package name. */
function fileNameIn(output: string): string {
	const packages = Object.values(JSON.parse(output) as Record<string, { filename: string }>);
	return elementAt(packages, 0).filename;
}

/**
 * Unpacks the tarball where n8n keeps a user's community nodes, step by step as n8n's own installer
 * does it, so that tests run what users get and nothing leads back to this checkout. Needs no
 * network. Returns the name of the package.
 */
export async function installPackage(tarball: string, userFolder: string): Promise<string> {
	const manifest = await manifestIn(tarball);
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		throw new Error(`${manifest.name} has runtime dependencies; community nodes must not.`);
	}
	await addPackage(manifest, userFolder, async (target) => {
		await execa('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
	});
	return manifest.name;
}

/** Adds a package to a user's community nodes: its files as `fill` puts them into its folder. */
export async function addPackage(
	manifest: Manifest,
	userFolder: string,
	fill: (target: string) => Promise<void>,
): Promise<void> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	const target = join(nodes, 'node_modules', manifest.name);
	await rm(target, { recursive: true, force: true });
	await mkdir(target, { recursive: true });
	await fill(target);

	const { devDependencies, peerDependencies, optionalDependencies, ...kept } = manifest;
	await writeJson(join(target, 'package.json'), kept);
	await register(join(nodes, 'package.json'), manifest);
}

export interface Manifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: unknown;
	peerDependencies?: unknown;
	optionalDependencies?: unknown;
}

async function manifestIn(tarball: string): Promise<Manifest> {
	const { stdout } = await execa('tar', ['-xzOf', tarball, 'package/package.json']);
	return JSON.parse(stdout) as Manifest;
}

/** n8n lists the packages that it installed in its own package.json. */
async function register(file: string, { name, version }: Manifest) {
	const empty = { name: 'installed-nodes', private: true, dependencies: {} };
	const list = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as typeof empty) : empty;
	await writeJson(file, { ...list, dependencies: { ...list.dependencies, [name]: version } });
}

async function writeJson(file: string, content: unknown) {
	await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
