import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchN8n, defaults, type N8nBenchOptions, topics } from './bench.mts';
import { floodsOf } from './in-time.mts';
import { markdown, writable } from '../report.mts';
import { benchQueue, queueDefaults, queueTopics } from './queue.mts';
import { subjectNames } from './workflows.mts';

const defaultFloods = defaults.floods.map(({ events, concurrency }) => `${events}x${concurrency}`);

const usage = `Compares workflows in a real n8n: the trigger with both ways to acknowledge and with several
deliveries per execution, n8n's own Webhook node without any check, and the workflow that does the
trigger's job with n8n's own nodes.

  npm run bench:n8n                           everything; 34 minutes
  npm run bench:n8n -- --queue                n8n in queue mode as in examples/deploy; 25 minutes

  --seconds N, --rounds N                     length and number of the rounds
  --engines vm,legacy                         expression engines of n8n, or other settings by name
  --concurrency 1,10,20,50                    concurrent deliveries
  --floods ${defaultFloods.join(',')}   events x concurrent deliveries, for the topic "in-time"
  --flooded NAME                              of the topic "in-time" only this workflow; repeatable
  --topics ${topics.join(',')}
  --only TEXT                                 of the topic "settings" only those so named
  --json FILE                                 the figures as JSON

With --queue, where seconds, rounds and concurrency are others (${queueDefaults.seconds}, ${queueDefaults.rounds} and ${queueDefaults.concurrency.join()}):
  --webhooks ${queueDefaults.webhooks.join()}                              numbers of webhook processes, compared with each other
  --workers ${queueDefaults.workers}                                 worker processes
  --topics ${queueTopics.join(',')}
`;

const { values } = parseArgs({
	options: {
		queue: { type: 'boolean', default: false },
		seconds: { type: 'string' },
		rounds: { type: 'string' },
		engines: { type: 'string', default: defaults.engines.join() },
		concurrency: { type: 'string' },
		webhooks: { type: 'string', default: queueDefaults.webhooks.join() },
		workers: { type: 'string', default: `${queueDefaults.workers}` },
		floods: { type: 'string', default: defaultFloods.join() },
		flooded: { type: 'string', multiple: true, default: defaults.flooded },
		topics: { type: 'string' },
		only: { type: 'string', default: defaults.only },
		json: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
	const result = await (values.queue ? inQueueMode() : inOneProcess());
	if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, '\t')}\n`);
}

async function inOneProcess() {
	return await benchN8n({
		...sizes(defaults),
		floods: floodsOf(values.floods),
		flooded: subjectNames.filter((name) => values.flooded.includes(name)),
		only: values.only,
		topics: chosen(topics),
		tell: (topic, rows) => {
			console.log(`\n${topic}`);
			console.table(rows);
		},
	});
}

async function inQueueMode() {
	return await benchQueue({
		...sizes(queueDefaults),
		webhooks: numbers(values.webhooks),
		workers: Number(values.workers),
		topics: chosen(queueTopics),
		tell: (title, rows) =>
			console.log(markdown({ tables: [{ title, rows: rows.map(writable) }], goals: [] })),
	});
}

/** What both have, each with its own defaults. */
function sizes({
	seconds,
	rounds,
	concurrency,
}: Pick<N8nBenchOptions, 'seconds' | 'rounds' | 'concurrency'>) {
	return {
		seconds: Number(values.seconds ?? seconds),
		rounds: Number(values.rounds ?? rounds),
		engines: values.engines.split(','),
		concurrency: values.concurrency === undefined ? concurrency : numbers(values.concurrency),
	};
}

function chosen<Name extends string>(names: readonly Name[]): Name[] {
	return names.filter((name) => values.topics?.split(',').includes(name) ?? true);
}

function numbers(list: string): number[] {
	return list.split(',').map(Number);
}
