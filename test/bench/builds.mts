import { mkdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import type { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { packPackage } from '../support/n8n/pack.mts';
import { cacheFolder } from '../support/n8n/runtime.mts';

/** Loads a module as it was built: what users run. The path is below nodes/CxoneExpert. */
export const loadBuilt = createRequire(new URL('../../dist/nodes/CxoneExpert/', import.meta.url));

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
