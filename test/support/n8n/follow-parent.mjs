import { Socket } from 'node:net';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/**
 * Loaded into the n8n process before n8n (`node --import`). The process that started n8n holds the
 * other end of pipe 3; when that process is gone, however it ended, the pipe closes and n8n ends
 * too. Nothing is left running. The watch has a thread of its own, so that it works as well when
 * n8n is too busy to notice anything. (Standard input would not do: it closes while n8n starts.)
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
