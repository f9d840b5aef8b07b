import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A disk in memory that can be filled to the last byte. */
export class SmallDisk {
	readonly folder: string;
	private readonly filler: string;

	private constructor(folder: string) {
		this.folder = folder;
		this.filler = join(folder, 'filler');
	}

	/** Throws when the system does not let us mount; that takes root. */
	static async mount(megabytes: number): Promise<SmallDisk> {
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-disk-'));
		await execa('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
		return new SmallDisk(folder);
	}

	async fill(): Promise<void> {
		const file = await open(this.filler, 'a');
		for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
			while (await file.write(Buffer.alloc(size)).then(isWritten(size), isFull));
		}
		await file.close();
	}

	async free(): Promise<void> {
		await rm(this.filler, { force: true });
	}

	async unmount(): Promise<void> {
		await execa('umount', [this.folder]);
		await rm(this.folder, { recursive: true });
	}
}

const isWritten =
	(size: number) =>
	({ bytesWritten }: { bytesWritten: number }) =>
		bytesWritten === size;

function isFull(error: NodeJS.ErrnoException): false {
	if (error.code === 'ENOSPC') return false;
	throw error;
}
