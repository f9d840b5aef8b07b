import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Those of this machine: a container has its own. */
const OF_THIS_MACHINE = /^(PATH|HOME|LANG|TE?MP(DIR)?|NODE_ENV|NODE_COMPILE_CACHE|USERPROFILE|SystemRoot)$/;

/** Between two tries to remove a container. */
const PAUSE_MS = 1000;
const MAX_TRIES = 60;

/**
 * Runs n8n in a container as if it were a process here: same settings, same user folder, same
 * ports, and it ends with this process, however that ends.
 *
 * @param {{ engine: string, image: string }} settings
 * @throws with what the engine says, where it does not remove a container that has the name
 */
export async function launch({ engine, image }) {
	const name = `n8n-under-test-${process.env.N8N_PORT}`;
	const remove = ['rm', '--force', name];
	// One that was killed has the name and the port until it is gone, and is not removed twice at once.
	const isThere = () => spawnSync(engine, ['container', 'inspect', name], { stdio: 'ignore' }).status === 0;
	for (let tries = 1; isThere(); tries++) {
		const { stderr } = spawnSync(engine, remove, { encoding: 'utf8' });
		if (tries >= MAX_TRIES) throw new Error(`"${engine} ${remove.join(' ')}" failed: ${stderr}`);
		await sleep(PAUSE_MS);
	}
	removeAtTheEnd(engine, remove);

	const container = spawn(
		engine,
		['run', '--rm', '--name', name, ...runOptions(process.env), image, ...process.argv.slice(2)],
		{ stdio: 'inherit' },
	);
	// The engine passes it on to n8n.
	process.on('SIGTERM', () => container.kill('SIGTERM'));
	container.on('exit', (code) => process.exit(code ?? 1));
}

/** @param {NodeJS.ProcessEnv} env */
function runOptions(env) {
	const settings = Object.keys(env).filter((key) => !OF_THIS_MACHINE.test(key));
	const files = [env.N8N_USER_FOLDER, env.NODE_EXTRA_CA_CERTS].filter(Boolean);
	return [
		...['--network', 'host', ...files.flatMap((path) => ['--volume', `${path}:${path}`])],
		...['--user', `${process.getuid?.()}:${process.getgid?.()}`],
		...settings.flatMap((key) => ['--env', key]),
	];
}

/**
 * A process of its own group, which reads until nobody is left who could write.
 *
 * @param {string} engine
 * @param {string[]} command
 */
function removeAtTheEnd(engine, command) {
	const script = 'read -r nothing; exec "$@"';
	const watcher = spawn('sh', ['-c', script, 'sh', engine, ...command], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	watcher.unref();
	/** @type {import('node:net').Socket} */ (watcher.stdin).unref();
}
