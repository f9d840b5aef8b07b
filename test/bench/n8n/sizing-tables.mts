import { rounded } from './figures.mts';
import { type Cost, held, needed, PLANNED_LOAD, processorMs } from './sizing.mts';

/** What a delivery was measured to cost. */
export interface SizedCost {
	engine: string;
	workflow: string;
	cost: Cost;
}

const CORES = [2, 4, 8];
const EVENTS_PER_MINUTE = [1_000, 10_000];
/** As examples/deploy starts it; n8n's own pool size. */
const EXAMPLE = { webhooks: 2, workers: 2, poolSize: 2 };

/** The tables of docs/operating.md#sizing. */
export function sizingTables(costs: SizedCost[]): Record<string, object[]> {
	const percent = 100 * PLANNED_LOAD;
	return {
		[`held at ${percent} %: as many processes as the cores can feed`]: costs.flatMap(byCores),
		[`held at ${percent} %: examples/deploy`]: costs.flatMap(byExample),
		[`needed at ${percent} %`]: costs.flatMap(bySite),
	};
}

function byCores({ engine, workflow, cost }: SizedCost) {
	return CORES.map((cores) => {
		const perSecond = (cores * PLANNED_LOAD * 1000) / processorMs(cost);
		const { webhooks, workers, poolSize } = needed(cost, perSecond);
		const perMinute = Math.round(perSecond * 60);
		const rate = { perSecond: rounded(perSecond, 1), perMinute };
		return { engine, workflow, cores, ...rate, webhooks, workers, poolSize };
	});
}

function byExample({ engine, workflow, cost }: SizedCost) {
	return CORES.map((cores) => ({
		engine,
		workflow,
		cores,
		...EXAMPLE,
		...held(cost, { cores, ...EXAMPLE }),
	}));
}

function bySite({ engine, workflow, cost }: SizedCost) {
	return EVENTS_PER_MINUTE.map((perMinute) => ({
		engine,
		workflow,
		perMinute,
		...needed(cost, perMinute / 60),
		logMbPerSecond: rounded((cost.logKb * perMinute) / 60 / 1000, 1),
	}));
}
