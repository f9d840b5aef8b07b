import { type N8nInstance, startN8n } from '../n8n/instance.mts';
import { startRedis } from '../n8n/redis.mts';

/** What n8n in queue mode has beside its main process: Redis, one webhook process and one worker. */
export class QueueMode {
	/** For the main process, too. */
	readonly env: Record<string, string>;
	worker!: N8nInstance;
	webhook!: N8nInstance;
	private readonly redis: Awaited<ReturnType<typeof startRedis>>;

	private constructor(redis: Awaited<ReturnType<typeof startRedis>>) {
		this.redis = redis;
		this.env = {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
		};
	}

	/** Redis alone: the main process comes next. */
	static async open(): Promise<QueueMode> {
		return new QueueMode(await startRedis());
	}

	/** The other two, beside a main process that runs. */
	async startBeside({ userFolder, baseUrl }: N8nInstance): Promise<void> {
		const { env } = this;
		const workerEnv = (port: number) => ({
			...env,
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
		});
		[this.webhook, this.worker] = await Promise.all([
			startN8n({ command: 'webhook', userFolder, webhookUrl: `${baseUrl}/`, env }),
			startN8n({ command: 'worker', userFolder, env: workerEnv }),
		]);
	}

	/** Ends the other two, while the main process still runs. */
	async stopBeside(): Promise<void> {
		await this.worker?.kill();
		await this.webhook?.kill();
	}

	/** In the end. */
	async close(): Promise<void> {
		await this.redis.stop();
	}
}
