import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../support/n8n/pack.mts';
import { benchBurst } from './burst.mts';
import { benchFlood } from './flood.mts';
import { benchHand } from './hand.mts';
import { benchQueue } from './queue.mts';
import { printed, write } from './results.mts';

const usage = `Measures the package as it was built, and writes a section of test/bench/RESULTS.md with its plot.

  npm run bench -- burst     responses within the second that Expert allows
  npm run bench -- flood     responses a second for a minute, also to strangers
  npm run bench -- queue     what a delivery costs each part of queue mode (Redis, PostgreSQL, nginx)
  npm run bench -- hand      beside a workflow of n8n's own nodes that does the same

  --rounds N                 that count; one more comes first, to warm up
  --seconds N                length of a round: flood, queue, hand
  --print                    writes nothing
`;

const BENCHES = {
	burst: { bench: benchBurst, rounds: 3, seconds: 0 },
	flood: { bench: benchFlood, rounds: 1, seconds: 60 },
	queue: { bench: benchQueue, rounds: 5, seconds: 6 },
	hand: { bench: benchHand, rounds: 7, seconds: 4 },
};

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: { type: 'string' },
		seconds: { type: 'string' },
		print: { type: 'boolean' },
		help: { type: 'boolean' },
	},
});

async function run(command: keyof typeof BENCHES): Promise<void> {
	const { bench, ...usual } = BENCHES[command];
	const rounds = Number(values.rounds ?? usual.rounds);
	const seconds = Number(values.seconds ?? usual.seconds);
	const tarball = await packPackage();
	try {
		const section = await bench(tarball, { rounds, seconds });
		console.log(printed(section));
		const length = seconds > 0 ? ` of ${seconds} seconds` : '';
		const size = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}${length}`;
		if (!values.print) await write(command, section, size);
	} finally {
		await rm(dirname(tarball), { recursive: true, force: true });
	}
}

const [command = ''] = positionals;
if (command in BENCHES && !values.help) await run(command as keyof typeof BENCHES);
else console.log(usage);
process.exit();
