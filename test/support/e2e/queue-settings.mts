import { redisSettings, workerSettings } from '../compose.mts';
import { quickPatientSite } from '../chaos/patient-site.mts';
import type { DeploymentOptions } from './queue-deployment.mts';

/**
 * The deployment of examples/deploy. What n8n waits half a minute for, it waits seconds for: the lock
 * of a dead worker.
 */
export const asDeployed = {
	postgres: true,
	redis: { settings: redisSettings() },
	settings: { ...quickPatientSite, createFiresContentUpdate: false },
	env: {
		// What is tested is around the trigger: the quick engine leaves more time for it.
		N8N_EXPRESSION_ENGINE: 'legacy',
		EXECUTIONS_DATA_PRUNE: 'false',
		QUEUE_WORKER_LOCK_DURATION: '5000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
		QUEUE_WORKER_STALLED_INTERVAL: '2000',
	},
	workerEnv: workerSettings(),
} satisfies DeploymentOptions;

/** n8n looks every six seconds, in place of three hours, for executions that the queue has lost. */
export const LOOKING_OFTEN = { N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '0.1' };
