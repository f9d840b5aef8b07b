import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
	MAX_PICTURE_BYTES,
	PICTURES,
	PICTURES_FOLDER,
	type PictureName,
} from '../support/browser/picture-list.mts';
import { BrowserStage } from '../support/browser/stage.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { projectRoot } from '../support/n8n/runtime.mts';
import { scenes } from './pictures.mts';

const usage = `Makes the pictures of the docs, in a real n8n with the packed package.

  node test/screenshots/main.mts                  all of them
  node test/screenshots/main.mts NAME …           some: ${PICTURES.join(', ')}
`;

/** Pixels of a picture for one of the page: sharp on any screen. */
const DENSITY = 2;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { help: { type: 'boolean', default: false } },
});

if (values.help) console.log(usage);
else process.exit(await run(positionals.length > 0 ? positionals.map(known) : [...PICTURES]));

/** Returns the exit code. */
async function run(names: PictureName[]): Promise<number> {
	const tarball = await packPackage();
	const stage = await BrowserStage.open(tarball);
	try {
		await mkdir(join(projectRoot, PICTURES_FOLDER), { recursive: true });
		const sizes: number[] = [];
		for (const name of names) sizes.push(await make(stage, name));
		return sizes.every((size) => size <= MAX_PICTURE_BYTES) ? 0 : 1;
	} finally {
		await stage.close();
		await rm(dirname(tarball), { recursive: true, force: true });
	}
}

async function make(stage: BrowserStage, name: PictureName): Promise<number> {
	const { look, set } = scenes[name];
	const editor = await stage.editor({ ...look, density: DENSITY });
	try {
		const part = await set(stage, editor);
		const png = await editor.picture(part ?? undefined);
		await writeFile(join(projectRoot, PICTURES_FOLDER, `${name}.png`), png);
		console.log(`${name}: ${Math.round(png.length / 1000)} kB`);
		return png.length;
	} finally {
		await editor.close();
	}
}

function known(name: string): PictureName {
	const found = PICTURES.find((each) => each === name);
	if (!found) throw new Error(`There is no picture ${name}.\n\n${usage}`);
	return found;
}
