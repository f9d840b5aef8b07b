import { once } from 'node:events';
import { connect } from 'node:net';
import { execa } from 'execa';
import getPort from 'get-port';
import pRetry from 'p-retry';

/** Redis comes from the machine (`apt install redis-server`); no npm package brings it. */
export async function hasRedis(): Promise<boolean> {
	const { failed } = await execa('redis-server', ['--version'], { reject: false });
	return !failed;
}

/** A Redis of its own that keeps nothing on disk, for n8n's queue mode. */
export async function startRedis() {
	const port = await getPort({ host: '127.0.0.1' });
	const place = ['--port', String(port), '--bind', '127.0.0.1'];
	const redis = execa('redis-server', [...place, '--save', '', '--appendonly', 'no'], {
		stdio: 'ignore',
		reject: false,
	});
	await pRetry(async () => await reach(port), { retries: 50, minTimeout: 100, factor: 1 });
	return {
		port,
		stop: async () => {
			redis.kill();
			await redis;
		},
	};
}

async function reach(port: number) {
	const socket = connect(port, '127.0.0.1');
	await once(socket, 'connect');
	socket.destroy();
}
