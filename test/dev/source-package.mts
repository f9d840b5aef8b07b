import { glob, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { bundling, classFiles } from '../../scripts/build/bundling.mts';
import { addPackage, type Manifest } from '../support/n8n/pack.mts';
import { nodeBinary, projectRoot } from '../support/n8n/runtime.mts';

/** What a file of the package contains, by its path in it. */
type Files = Map<string, Uint8Array>;

const LOOK_EVERY_MS = 300;

/**
 * This checkout as an installed package, laid out as `npm run build` does, and built again
 * on change. Types are left to `npm run typecheck`.
 */
export class SourcePackage {
	private target = '';
	private readonly written: Files = new Map();
	private builtFrom = new Map<string, number>();

	async install(userFolder: string): Promise<void> {
		const manifest = await readFile(join(projectRoot, 'package.json'), 'utf8');
		await addPackage(JSON.parse(manifest) as Manifest, userFolder, async (target) => {
			this.target = target;
			await this.build();
		});
	}

	/**
	 * Returns how many files are not as they were.
	 *
	 * @throws what esbuild says about the source; the package then stays as it was
	 */
	async build(): Promise<number> {
		this.builtFrom = await sourceTimes();
		const files = [await bundled(), await copied()];
		const changed = files.flatMap((some) => [...some]).filter((file) => !this.has(...file));
		for (const [path, content] of changed) await this.write(path, content);
		return changed.length;
	}

	/** For an n8n that has not seen the last change. */
	async writeAgain(): Promise<void> {
		for (const file of this.written) await this.write(...file);
	}

	/** Waits until the source is not that of the last build, and names the files that differ. */
	async change(signal: AbortSignal): Promise<string[]> {
		while (true) {
			// Watching would lose sight of files that are replaced, and of folders that are new.
			await sleep(LOOK_EVERY_MS, undefined, { signal });
			const now = await sourceTimes();
			const files = [...new Set([...this.builtFrom.keys(), ...now.keys()])];
			const changed = files.filter((file) => this.builtFrom.get(file) !== now.get(file));
			if (changed.length > 0) return changed;
		}
	}

	/** Why the package cannot be loaded: n8n keeps that to itself. Empty when it can be. */
	async loadFailure(): Promise<string> {
		const env = { NODE_PATH: join(projectRoot, 'node_modules') };
		const load = await execa(nodeBinary(), [this.target], { env, reject: false });
		return load.stderr;
	}

	private has(path: string, content: Uint8Array): boolean {
		const written = this.written.get(path);
		return written !== undefined && Buffer.compare(written, content) === 0;
	}

	/** In one step: n8n may be reading the package at this moment. */
	private async write(path: string, content: Uint8Array): Promise<void> {
		const file = join(this.target, path);
		// Outside the folder that n8n watches.
		const draft = join(dirname(this.target), `.${basename(this.target)}.draft`);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(draft, content);
		await rename(draft, file);
		this.written.set(path, content);
	}
}

async function sourceTimes(): Promise<Map<string, number>> {
	const files = await sources('{ts,json,svg}');
	const times = files.map(async (file) => {
		const stats = await stat(join(projectRoot, file)).catch(() => undefined);
		return [file, stats?.mtimeMs ?? 0] as const;
	});
	return new Map(await Promise.all(times));
}

async function sources(ending: string): Promise<string[]> {
	const files: string[] = [];
	const pattern = `{nodes,credentials}/**/*.${ending}`;
	for await (const file of glob(pattern, { cwd: projectRoot })) files.push(file);
	return files;
}

async function bundled(): Promise<Files> {
	const outdir = join(projectRoot, 'dist');
	const { outputFiles } = await build({ ...bundling, outdir, write: false, logLevel: 'silent' });
	return new Map(outputFiles.map(({ path, contents }) => [relative(projectRoot, path), contents]));
}

/** What the package holds besides the bundle. */
async function copied(): Promise<Files> {
	const files = (await sources('{json,svg}')).map(
		async (file) => [join('dist', file), await readFile(join(projectRoot, file))] as const,
	);
	const index = await readFile(join(projectRoot, 'index.js'));
	const leading = [...classFiles()].map(([file, text]) => [file, Buffer.from(text)] as const);
	return new Map([['index.js', index], ...leading, ...(await Promise.all(files))]);
}
