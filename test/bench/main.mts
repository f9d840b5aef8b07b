import { parseArgs } from 'node:util';
import { openBuilds } from './builds.mts';
import { benchDelivery } from './delivery.mts';
import { benchMany } from './many.mts';
import { benchN8n } from './n8n.mts';

const usage = `Measures the package as it was built.

  npm run bench -- delivery      time of the processor for one delivery in the node
  npm run bench -- n8n           responses a second through a real n8n, beside its own Webhook node
  npm run bench -- many          a start of n8n with many published workflows, and their checks

  --against FOLDER               delivery, n8n, many: beside another build, a folder with dist or a tarball
  --rounds N                     delivery (15), n8n, many (3): more rounds find smaller differences
  --seconds N                    n8n: length of a round (5)
  --concurrency N                n8n: deliveries under way (10)
  --engines vm,legacy            n8n, many: its expression engines
  --remembered N                 n8n: deliveries that each trigger knows already (0)
  --no-page-details              n8n: without Add Page Details
  --postgres                     n8n: on PostgreSQL, with what each delivery adds to its log
  --workflows N                  many (200)
  --check-every N                many: minutes between two checks (5)
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	allowNegative: true,
	options: {
		against: { type: 'string' },
		rounds: { type: 'string' },
		seconds: { type: 'string', default: '5' },
		concurrency: { type: 'string', default: '10' },
		engines: { type: 'string', default: 'vm,legacy' },
		remembered: { type: 'string', default: '0' },
		'page-details': { type: 'boolean', default: true },
		postgres: { type: 'boolean', default: false },
		workflows: { type: 'string', default: '200' },
		'check-every': { type: 'string', default: '5' },
		help: { type: 'boolean' },
	},
});

async function run(): Promise<void> {
	const builds = await openBuilds(values.against);
	try {
		if (positionals[0] === 'delivery') return await benchDelivery(builds, rounds(15));
		const engines = values.engines.split(',');
		if (positionals[0] === 'many') {
			return await benchMany(builds, {
				engines,
				rounds: rounds(3),
				workflows: Number(values.workflows),
				checkEvery: Number(values['check-every']),
			});
		}
		await benchN8n(builds, {
			engines,
			rounds: rounds(3),
			seconds: Number(values.seconds),
			concurrency: Number(values.concurrency),
			pageDetails: values['page-details'],
			remembered: Number(values.remembered),
			onPostgres: values.postgres,
		});
	} finally {
		await builds.close();
	}
}

function rounds(usual: number): number {
	return Number(values.rounds ?? usual);
}

if (['delivery', 'n8n', 'many'].includes(positionals[0] ?? '')) await run();
else console.log(usage);
// Timers of the node that are still open have nothing left to do.
process.exit();
