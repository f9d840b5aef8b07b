import { setTimeout as sleep } from 'node:timers/promises';
import { copyFile } from 'node:fs/promises';
import { startLoad } from './chaos/load.mts';
import { fates } from './chaos/fates.mts';
import { patientSite } from './chaos/patient-site.mts';
import { openProxied, restartBehind } from './chaos/proxied.mts';
import { packPackage } from './n8n/pack.mts';
import { storedRuns } from './n8n/runs.mts';
import { answers } from './e2e/support/under-load.mts';
const tarball = await packPackage();
const { scene, proxy, close } = await openProxied({ ...patientSite, maxBackoffMs: 2000, retries: 60 }, tarball);
const t0 = Date.now(); const at = () => ((Date.now() - t0) / 1000).toFixed(1);
try {
	const workflow = await scene.published({ events: ['page_create'] });
	const load = startLoad(scene.site, 3);
	await sleep(3000);
	console.log(at(), 'stop');
	await restartBehind(proxy, scene, workflow, 'stop');
	console.log(at(), 'up');
	await sleep(3000);
	const { events } = load.stop();
	const timer = setInterval(() => console.log(at(), scene.site.queue, Object.entries(Object.groupBy(storedRuns(scene.database, workflow.id), (r) => r.status)).map(([k, v]) => `${k} ${v!.length}`)), 2000);
	await scene.site.idle();
	console.log(at(), 'idle');
	await workflow.settled();
	clearInterval(timer);
	const f = fates(scene, workflow, events);
	console.log(at(), answers(f), { ...f, attempts: 0 });
	console.log(f.attempts.map((a) => `${((Date.parse(a.deliveryTimestamp) - t0) / 1000).toFixed(1)}s #${events.indexOf(a.eventId)} r${a.retryAttempt} ${a.statusCode ?? a.failureReason} ${a.responseTimeMs}ms`).join('\n'));
} finally {
	await copyFile(scene.n8n.logFile, '/tmp/exp/n8n.log');
	await close();
}
process.exit(0);
