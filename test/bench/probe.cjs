'use strict';

/*
 * Loaded into n8n before anything else: SIGUSR2 has it write down how long the event loop stood still at most since
 * the last time, how long n8n itself worked at most without a pause, and what it holds in memory without garbage.
 */

const { renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

const RESOLUTION_MS = 10;
const file = join(process.env.N8N_USER_FOLDER, 'probe.json');

// n8n starts others, which inherit its environment.
if (isMainThread && process.argv.includes('start')) {
	v8.setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	let [last, busiestMs] = [0, 0];
	setInterval(() => {
		const { user, system } = process.threadCpuUsage();
		busiestMs = Math.max(busiestMs, (user + system - last) / 1000);
		last = user + system;
	}, RESOLUTION_MS).unref();
	process.on('SIGUSR2', () => {
		// A delay comes with the time that the timer was to wait.
		const standsStillMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
		collect();
		const { heapUsed, rss } = process.memoryUsage();
		writeFileSync(`${file}.new`, JSON.stringify({ standsStillMs, busiestMs, heapUsed, rss }));
		renameSync(`${file}.new`, file);
		// What was done here does not count.
		setImmediate(() => {
			delay.reset();
			const { user, system } = process.threadCpuUsage();
			[last, busiestMs] = [user + system, 0];
		});
	});
}
