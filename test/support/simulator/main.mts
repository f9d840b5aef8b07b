import { parseArgs } from 'node:util';
import { seedSite, settingsFrom, startSimulator, vendorGuess } from './index.mts';

const usage = `Expert site simulator

  node test/support/simulator/main.mts [--port N] [--set NAME=VALUE …]

  --port N            port on 127.0.0.1 (default 8090; 0 takes a free one)
  --set NAME=VALUE    any setting of settings.mts; may be repeated
`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '8090' },
		set: { type: 'string', multiple: true, default: [] },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
	const ports = { port: Number(values.port), allowHttpUrls: true };
	const settings = { ...vendorGuess, ...ports, ...settingsFrom(values.set) };
	const simulator = await startSimulator(settings);
	seedSite(simulator.site);
	console.log(`Expert site simulator: ${simulator.url}   Ctrl-C ends it.`);
	process.once('SIGINT', () => void simulator.close());
}
