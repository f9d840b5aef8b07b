import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** libfaketime comes from the machine (`apt install faketime`). */
const library = readdirSync('/usr/lib')
	.map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'))
	.find((file) => existsSync(file));

export function hasFakeClock(): boolean {
	return library !== undefined;
}

/** The wall clock of processes that are started with `env`. It can be set while they run. */
export class FakeClock {
	readonly env: Record<string, string>;
	private readonly folder: string;
	private readonly file: string;

	private constructor(folder: string) {
		this.folder = folder;
		this.file = join(folder, 'ahead');
		this.env = {
			LD_PRELOAD: library!,
			FAKETIME_TIMESTAMP_FILE: this.file,
			FAKETIME_NO_CACHE: '1',
			// As on a real machine: it only ever counts on.
			FAKETIME_DONT_FAKE_MONOTONIC: '1',
		};
	}

	/** It is right until it is set. */
	static async create(): Promise<FakeClock> {
		const clock = new FakeClock(await mkdtemp(join(tmpdir(), 'cxone-expert-clock-')));
		await clock.set(0);
		return clock;
	}

	/** @param seconds ahead of the real time, or behind it if negative */
	async set(seconds: number): Promise<void> {
		const next = `${this.file}.next`;
		await writeFile(next, seconds < 0 ? String(seconds) : `+${seconds}`);
		// At one stroke: it is read all the time.
		await rename(next, this.file);
	}

	async remove(): Promise<void> {
		await rm(this.folder, { recursive: true });
	}
}
