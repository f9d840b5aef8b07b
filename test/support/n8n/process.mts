import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { n8nScript } from './install.mts';
import { nodeBinary } from './runtime.mts';

/** The whole n8n, or one of the helpers that it has in queue mode. */
export type N8nCommand = 'start' | 'webhook' | 'worker';

export type N8nProcess = ReturnType<typeof spawnN8n>;

const followParent = fileURLToPath(new URL('follow-parent.mjs', import.meta.url));
/** n8n itself gives up after 30 seconds. */
const stopGraceMs = 35_000;

/**
 * n8n in a process group of its own: Ctrl-C reaches only us, who stop n8n gracefully, and the whole
 * group (n8n starts a task runner) can be killed at once. n8n writes its log itself: if we died, it
 * would report each failed write to a pipe with another write.
 */
export function spawnN8n(folder: string, command: N8nCommand, env: Record<string, string>, logFile: string) {
	const log = openSync(logFile, 'a');
	const child = spawn(nodeBinary(folder), ['--import', followParent, n8nScript(folder), command], {
		env,
		detached: true,
		stdio: ['ignore', log, log, 'pipe'],
	});
	closeSync(log);
	child.stdio[3]?.on('error', () => {});
	return child;
}

/** Ends the group of n8n: by a signal that it may handle at leisure, then the hard way. */
export async function endProcess(child: N8nProcess, signal: 'SIGTERM' | 'SIGKILL') {
	if (child.pid === undefined) return;
	if (!hasEnded(child)) {
		const ended = once(child, 'exit');
		child.kill(signal);
		await Promise.race([ended, sleep(stopGraceMs, undefined, { ref: false })]);
	}
	killGroup(child.pid);
	if (!hasEnded(child)) await once(child, 'exit');
}

export function hasEnded(child?: { exitCode: number | null; signalCode: string | null }): boolean {
	return child === undefined || child.exitCode !== null || child.signalCode !== null;
}

function killGroup(pid: number) {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// Nobody of the group is left.
	}
}
