import { mkdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import type { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { packPackage } from '../support/n8n/pack.mts';
import { cacheFolder } from '../support/n8n/runtime.mts';

/** Below the project, where the nodes find n8n-workflow. */
const UNPACKED = join(cacheFolder, 'bench', String(process.pid));

/**
 * The triggers of this checkout and of another build as users get them, loaded beside each other.
 *
 * @param other a folder with a `dist`, or a tarball
 */
export async function loadTriggers(other?: string): Promise<CxoneExpertTrigger[]> {
	const own = await load('own', await packPackage(), true);
	if (other === undefined) return [own];
	const isFolder = (await stat(other)).isDirectory();
	const tarball = isFolder ? await packPackage(resolve(other)) : resolve(other);
	return [own, await load('other', tarball, isFolder)];
}

export async function removeTriggers(): Promise<void> {
	await rm(UNPACKED, { recursive: true, force: true });
}

async function load(name: string, tarball: string, isOurs: boolean): Promise<CxoneExpertTrigger> {
	const folder = join(UNPACKED, name);
	await mkdir(folder, { recursive: true });
	await execa('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	if (isOurs) await rm(dirname(tarball), { recursive: true, force: true });
	const path = './dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js';
	const loaded = createRequire(join(folder, 'package.json'))(path) as {
		CxoneExpertTrigger: new () => CxoneExpertTrigger;
	};
	return new loaded.CxoneExpertTrigger();
}
