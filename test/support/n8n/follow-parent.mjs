import { Socket } from 'node:net';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/**
 * Preloaded into n8n (`node --import`). The parent process holds the other end of pipe 3: when it
 * dies, however that happens, the pipe closes and n8n exits, too, so nothing is left running. The
 * watch has its own thread, so that it works even when n8n is too busy. (Standard input does not
 * work: it closes while n8n starts.)
 */
const watch = 'follow-parent';
const graceMs = 10_000;

if (isMainThread) {
	new Worker(new URL(import.meta.url), { workerData: watch, execArgv: [] }).unref();
} else if (workerData === watch) {
	const parent = new Socket({ fd: 3, readable: true, writable: false });
	parent.on('error', () => {});
	parent.once('close', endWithParent);
	parent.resume();
}

function endWithParent() {
	process.kill(process.pid, 'SIGTERM');
	// n8n leads a process group of its own, with its task runner in it.
	setTimeout(() => process.kill(-process.pid, 'SIGKILL'), graceMs);
}
