import { parseArgs } from 'node:util';
import { openBuilds } from './builds.mts';
import { benchDelivery } from './delivery.mts';
import { benchN8n } from './n8n.mts';
import { benchTiming } from './timing.mts';

const usage = `Measures the package as it was built.

  npm run bench -- delivery      time of the processor for one delivery in the node
  npm run bench -- n8n           responses a second through a real n8n, beside its own Webhook node
  npm run bench -- timing        whether the time of a refusal tells how much of a guess was right

  --against FOLDER               delivery, n8n: beside another build, a folder with dist or a tarball
  --rounds N                     delivery (15), n8n (3): more rounds find smaller differences
  --seconds N, --concurrency N   n8n: length of a round (5), deliveries under way (10)
  --engines vm,legacy            n8n: its expression engines
  --samples N                    timing (400000)
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		against: { type: 'string' },
		rounds: { type: 'string' },
		seconds: { type: 'string', default: '5' },
		concurrency: { type: 'string', default: '10' },
		engines: { type: 'string', default: 'vm,legacy' },
		samples: { type: 'string', default: '400000' },
	},
});

async function run(): Promise<void> {
	if (positionals[0] === 'timing') return benchTiming(Number(values.samples));
	const builds = await openBuilds(values.against);
	try {
		if (positionals[0] === 'delivery') return await benchDelivery(builds, rounds(15));
		await benchN8n(builds, {
			rounds: rounds(3),
			seconds: Number(values.seconds),
			concurrency: Number(values.concurrency),
			engines: values.engines.split(','),
		});
	} finally {
		await builds.close();
	}
}

function rounds(usual: number): number {
	return Number(values.rounds ?? usual);
}

if (['delivery', 'n8n', 'timing'].includes(positionals[0] ?? '')) await run();
else console.log(usage);
// Timers of the node that are still open have nothing left to do.
process.exit();
