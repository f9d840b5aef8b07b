import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Docker, as far as `test/versions` uses it, for machines without: `n8nio/n8n:<version>` is an n8n that is
 * installed here. As with Docker, the container gets no settings but those that are passed, sees no files
 * but those that are mounted (of those that settings name), goes on when the command that started it is
 * killed, and keeps its name until it is removed, which takes a moment and is refused meanwhile.
 *
 *     node stand-in-docker.mjs <folder of an installed n8n> <folder for names> run …
 */

const REMOVAL_MS = 2000;

const [n8n = '', names = '', command, ...given] = process.argv.slice(2);
/** @type {Record<string, string[]>} */
const options = {};
while (given[0]?.startsWith('--')) {
	const name = given.shift() ?? '';
	const value = ['--rm', '--force'].includes(name) ? '' : (given.shift() ?? '');
	(options[name] ??= []).push(value);
}
const [subject = '', ...args] = given;
if (command === 'run') run();
else if (command === 'rm') await remove();
else if (command === 'container' && subject === 'inspect') fileOfContainer(args[0]);
else refuse(`unknown command: ${command} ${subject}`);

function run() {
	const program = join(n8n, 'node_modules', 'n8n');
	/** @type {(text: string) => { version: string }} */
	const parse = JSON.parse;
	const { version } = parse(readFileSync(join(program, 'package.json'), 'utf8'));
	if (subject !== `n8nio/n8n:${version}`) refuse(`manifest for ${subject} not found`);
	const file = join(names, options['--name']?.[0] ?? 'nameless');
	if (existsSync(file)) refuse(`The container name "${file}" is already in use`);

	const container = spawn(process.execPath, [join(program, 'bin', 'n8n'), ...args], {
		env: environment(),
		detached: true,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	writeFileSync(file, String(container.pid));
	process.on('SIGTERM', () => container.kill('SIGTERM'));
	container.on('exit', (code) => {
		rmSync(file, { force: true });
		process.exit(code ?? 137);
	});
}

function environment() {
	const passed = (options['--env'] ?? []).map((name) => [name, process.env[name]]);
	const mounted = (options['--volume'] ?? []).map((volume) => volume.split(':')[0]);
	/** @type {NodeJS.ProcessEnv} */
	const own = { PATH: process.env.PATH, NODE_ENV: 'production' };
	for (const [name = '', value] of passed) {
		if (!value?.startsWith('/') || mounted.includes(value)) own[name] = value;
	}
	return own;
}

async function remove() {
	const file = fileOfContainer(subject);
	const pid = readFileSync(file, 'utf8');
	if (pid === '') refuse(`removal of container ${subject} is already in progress`);
	writeFileSync(file, '');
	try {
		process.kill(-Number(pid), 'SIGKILL');
	} catch {
		// It has ended.
	}
	await sleep(REMOVAL_MS);
	rmSync(file, { force: true });
}

function fileOfContainer(name = '') {
	const file = join(names, name);
	if (!existsSync(file)) refuse(`No such container: ${name}`);
	return file;
}

/** @type {(reason: string) => never} */
function refuse(reason) {
	console.error(`docker: Error response from daemon: ${reason}`);
	process.exit(125);
}
