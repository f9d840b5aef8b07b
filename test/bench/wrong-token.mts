import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { median } from 'simple-statistics';
import { event } from '../support/e2e/published-trigger.mts';
import { cpuSeconds } from './n8n/cpu.mts';
import { Stage, type Subject } from './n8n/stage.mts';
import { trigger } from './n8n/workflows.mts';

/*
 * What a request with a wrong token costs n8n beside one without a token: anybody can send either,
 * as often as they like. Each with n8n's default engine and with the legacy one, in turn.
 */

const ROUNDS = 6;
const SECONDS = 5;
const GOAL = 1.1;

for (const engine of ['vm', 'legacy']) {
	const stage = await Stage.open({ N8N_EXPRESSION_ENGINE: engine });
	try {
		const subject = await stage.publish(trigger(stage.siteCredential));
		await cpuMsPerRequest(stage, subject, {});
		const ratios: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			const without = await cpuMsPerRequest(stage, subject, {});
			const wrong = await cpuMsPerRequest(stage, subject, { authorization: 'Bearer guessed' });
			ratios.push(wrong / without);
			console.log(`${engine}: ${without.toFixed(2)} ms without a token, ${wrong.toFixed(2)} wrong`);
		}
		const ratio = median(ratios);
		console.log(`${engine}: wrong by missing ${ratio.toFixed(2)} (at most ${GOAL} is wanted)`);
		if (ratio > GOAL) process.exitCode = 1;
	} finally {
		await stage.close();
	}
}

async function cpuMsPerRequest(
	{ scene }: Stage,
	{ url }: Subject,
	headers: Record<string, string>,
): Promise<number> {
	const before = await cpuSeconds(scene.n8n.pid!);
	const result = await autocannon({
		url,
		connections: 4,
		duration: SECONDS,
		requests: [
			{
				method: 'POST',
				headers: { ...headers, 'x-nexus-delivery-id': randomUUID(), 'content-type': 'text/xml' },
				body: event(),
			},
		],
	});
	if (result.non2xx !== result['4xx']) throw new Error('something else than a refusal');
	const cpu = (await cpuSeconds(scene.n8n.pid!))! - before!;
	return (cpu * 1000) / result.non2xx;
}
