import { parseArgs } from 'node:util';
import { benchDelivery } from './delivery.mts';
import { benchTiming } from './timing.mts';

const usage = `Measures the package as it was built.

  npm run bench -- delivery      time of the processor for one delivery in the node
  npm run bench -- timing        whether the time of a refusal tells how much of a guess was right

  --against FOLDER   delivery: beside another build, a folder with dist or a tarball
  --rounds N         delivery (15): more rounds find smaller differences
  --samples N        timing (400000)
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		against: { type: 'string' },
		rounds: { type: 'string', default: '15' },
		samples: { type: 'string', default: '400000' },
	},
});

if (positionals[0] === 'timing') benchTiming(Number(values.samples));
else if (positionals[0] === 'delivery') await benchDelivery(values.against, Number(values.rounds));
else console.log(usage);
