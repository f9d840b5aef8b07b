import { execa } from 'execa';
import getPort from 'get-port';

/** Redis comes from the machine (`apt install redis-server`); no npm package brings it. */
export async function hasRedis(): Promise<boolean> {
	const { failed } = await execa('redis-server', ['--version'], { reject: false });
	return !failed;
}

/** A Redis of its own that keeps nothing on disk, for n8n's queue mode. */
export async function startRedis() {
	const port = await getPort({ host: '127.0.0.1' });
	const redis = execa(
		'redis-server',
		['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
		{ reject: false, buffer: false },
	);
	for await (const line of redis.iterable()) if (line.includes('Ready to accept')) break;
	return {
		port,
		stop: async () => {
			redis.kill();
			await redis;
		},
	};
}
