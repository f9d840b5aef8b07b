import { once } from 'node:events';
import { connect } from 'node:net';
import { execa } from 'execa';
import { onFreePort } from '../ports.mts';
import { waitUntil } from '../wait.mts';

/** Redis comes from the machine (`apt install redis-server`); no npm package brings it. */
export async function hasRedis(): Promise<boolean> {
	const { failed } = await execa('redis-server', ['--version'], { reject: false });
	return !failed;
}

/** A Redis of its own that keeps nothing on disk, for n8n's queue mode. */
export async function startRedis() {
	return await onFreePort(async (port) => {
		const listen = ['--port', String(port), '--bind', '127.0.0.1'];
		const redis = execa('redis-server', [...listen, '--save', '', '--appendonly', 'no'], {
			reject: false,
		});
		await waitUntil('Redis accepts connections', async () => {
			const isUp = await reach(port);
			if (redis.exitCode !== null) throw new Error(`Redis has ended: ${(await redis).stdout}`);
			return isUp;
		});
		return {
			port,
			stop: async () => {
				redis.kill();
				await redis;
			},
		};
	});
}

async function reach(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	const isConnected = await once(socket, 'connect').then(
		() => true,
		() => false,
	);
	socket.destroy();
	return isConnected;
}
