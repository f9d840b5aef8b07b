import { statfs } from 'node:fs/promises';

/** npm says nothing for minutes; a line now and then shows that it works. */
export async function startHeartbeat(folder: string, onProgress: (text: string) => void) {
	const started = Date.now();
	const freeBytes = async () => {
		const { bavail, bsize } = await statfs(folder);
		return bavail * bsize;
	};
	const freeAtStart = await freeBytes();
	const elapsed = () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
	};
	const beat = async () => {
		const gigabytes = Math.max(0, freeAtStart - (await freeBytes())) / 1e9;
		onProgress(`  … ${elapsed()}, about ${gigabytes.toFixed(1)} GB written`);
	};
	const timer = setInterval(() => void beat().catch(() => {}), 15_000);
	return { elapsed, stop: () => clearInterval(timer) };
}
