import { mkdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import type { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { asUsersRunIt } from '../../scripts/build/bundling.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { cacheFolder } from '../support/n8n/runtime.mts';

/** Loads a module of the source as users run it. The path is below nodes/CxoneExpert. */
export async function loadSource(path: string): Promise<unknown> {
	const folder = join(cacheFolder, 'bench', 'source');
	const entryPoints = [`nodes/CxoneExpert/${path}`];
	await build({ ...asUsersRunIt, entryPoints, outbase: 'nodes/CxoneExpert', outdir: folder });
	return createRequire(import.meta.url)(join(folder, path.replace(/\.ts$/, '.js')));
}

/** The package as users get it. */
export interface Build {
	name: string;
	tarball: string;
}

export interface Builds {
	/** This checkout first, then the other one, if there is one. */
	all: Build[];
	close: () => Promise<void>;
}

/** @param other a folder with a `dist`, or a tarball */
export async function openBuilds(other?: string): Promise<Builds> {
	const own = await packPackage();
	const packed = [own];
	const all = [{ name: 'this build', tarball: own }];
	if (other !== undefined) {
		const isFolder = (await stat(other)).isDirectory();
		const tarball = isFolder ? await packPackage(resolve(other)) : resolve(other);
		if (isFolder) packed.push(tarball);
		all.push({ name: 'the other', tarball });
	}
	const close = async () => {
		const folders = [...packed.map(dirname), UNPACKED];
		await Promise.all(
			folders.map(async (path) => await rm(path, { recursive: true, force: true })),
		);
	};
	return { all, close };
}

/** Below the project, where the nodes find n8n-workflow. */
const UNPACKED = join(cacheFolder, 'bench', String(process.pid));

/** The trigger of a build, loaded beside those of other builds. */
export async function loadTrigger({ name, tarball }: Build): Promise<CxoneExpertTrigger> {
	const folder = join(UNPACKED, name);
	await mkdir(folder, { recursive: true });
	await execa('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	const load = createRequire(join(folder, 'package.json'));
	const path = './dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js';
	const { CxoneExpertTrigger: Trigger } = load(path) as {
		CxoneExpertTrigger: new () => CxoneExpertTrigger;
	};
	return new Trigger();
}
