import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { n8nScript } from '../n8n/install.mts';
import { cacheFolder } from '../n8n/runtime.mts';

const launcher = fileURLToPath(new URL('launch-container.mjs', import.meta.url));

export interface ImageOfN8n {
	/** What `CXONE_N8N_DIR` takes: a folder that looks like an installed n8n. */
	folder: string;
	/** What the n8n in the image says it is, such as `2.41.1`. */
	version: string;
}

/**
 * A container image in the place of an installed n8n: the folder's `n8n` starts a container. So all
 * that starts, stops and kills an n8n for the tests does it with one in a container, too.
 *
 * @throws in words for the person who runs the tests, where the image cannot be run
 */
export async function folderOfImage(image: string): Promise<ImageOfN8n> {
	const engine = containerEngine();
	const version = await versionIn(engine, image);
	const folder = join(cacheFolder, `n8n-image-${version}`);
	await rm(folder, { recursive: true, force: true });
	const script = n8nScript(folder);
	await mkdir(join(script, '..'), { recursive: true });
	await writeFile(join(script, '..', '..', 'package.json'), JSON.stringify({ version }));
	const settings = JSON.stringify({ engine, image });
	await writeFile(script, `import(${JSON.stringify(launcher)}).then(({ launch }) => launch(${settings}));\n`);
	return { folder, version };
}

function containerEngine(): string {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const found = ['docker', 'podman'].find((name) => folders.some((folder) => existsSync(join(folder, name))));
	if (found) return found;
	throw new Error(
		'there is neither Docker nor Podman here. Install one to run images, or name a version of n8n to install it from npm',
	);
}

async function versionIn(engine: string, image: string): Promise<string> {
	const args = ['run', '--rm', '--network', 'none', image, '--version'];
	const { failed, stdout, stderr } = await execa(engine, args, { reject: false });
	const version = /^\d+\.\d+\.\d+\S*/m.exec(stdout)?.[0];
	if (!failed && version) return version;
	const said = `${stdout}\n${stderr}`.trim();
	throw new Error(`"${engine} ${args.join(' ')}" gave no version of n8n. It printed: ${said}`);
}
