'use strict';

/*
 * Loaded into n8n before anything else: SIGUSR2 has it write down how long n8n worked at most without a pause since
 * the last time, and what it holds in memory without garbage.
 */

const { renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

const RESOLUTION_MS = 10;
const file = join(process.env.N8N_USER_FOLDER, 'probe.json');

// n8n starts others, which inherit its environment.
if (isMainThread && process.argv.includes('start')) {
	v8.setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	let [last, busiestMs] = [0, 0];
	setInterval(() => {
		const { user, system } = process.threadCpuUsage();
		busiestMs = Math.max(busiestMs, (user + system - last) / 1000);
		last = user + system;
	}, RESOLUTION_MS).unref();
	process.on('SIGUSR2', () => {
		collect();
		const heapKb = process.memoryUsage().heapUsed / 1024;
		writeFileSync(`${file}.new`, JSON.stringify({ busiestMs, heapKb }));
		renameSync(`${file}.new`, file);
		// What was done here does not count.
		setImmediate(() => {
			const { user, system } = process.threadCpuUsage();
			[last, busiestMs] = [user + system, 0];
		});
	});
}
