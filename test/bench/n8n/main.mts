import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchN8n, defaults, topics } from './bench.mts';
import { floodsOf } from './in-time.mts';
import { subjectNames } from './workflows.mts';

const defaultFloods = defaults.floods.map(({ events, concurrency }) => `${events}x${concurrency}`);

const usage = `Compares workflows in a real n8n: the trigger with both ways to acknowledge and with several
deliveries per execution, n8n's own Webhook node without any check, and the workflow that does the
trigger's job with n8n's own nodes.

  npm run bench:n8n                           everything; about an hour

  --seconds N, --rounds N                     length and number of the rounds
  --engines vm,legacy                         expression engines of n8n, or other settings by name
  --concurrency 1,10,20,50                    deliveries at a time
  --floods ${defaultFloods.join(',')}   events x deliveries at a time, for the topic "in-time"
  --flooded NAME                              of the topic "in-time" only this workflow; repeatable
  --topics ${topics.join(',')}
  --only TEXT                                 of the topic "settings" only those so named
  --json FILE                                 the figures as JSON
`;

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: `${defaults.seconds}` },
		rounds: { type: 'string', default: `${defaults.rounds}` },
		engines: { type: 'string', default: defaults.engines.join() },
		concurrency: { type: 'string', default: defaults.concurrency.join() },
		floods: { type: 'string', default: defaultFloods.join() },
		flooded: { type: 'string', multiple: true, default: defaults.flooded },
		topics: { type: 'string', default: topics.join() },
		only: { type: 'string', default: defaults.only },
		json: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
	const result = await benchN8n({
		seconds: Number(values.seconds),
		rounds: Number(values.rounds),
		engines: values.engines.split(','),
		concurrency: values.concurrency.split(',').map(Number),
		floods: floodsOf(values.floods),
		flooded: subjectNames.filter((name) => values.flooded.includes(name)),
		only: values.only,
		topics: topics.filter((topic) => values.topics.split(',').includes(topic)),
		tell: (topic, rows) => {
			console.log(`\n${topic}`);
			console.table(rows);
		},
	});
	if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, '\t')}\n`);
}
