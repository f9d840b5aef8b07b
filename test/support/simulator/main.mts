import { parseArgs } from 'node:util';
import { seedSite, startSimulator, vendorGuess, type Settings } from './index.mts';

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
	const set = Object.fromEntries(values.set.map(settingOf));
	const ports = { port: Number(values.port), allowHttpUrls: true };
	const simulator = await startSimulator({ ...vendorGuess, ...ports, ...set });
	seedSite(simulator.site);
	console.log(`Expert site simulator: ${simulator.url}   Ctrl-C ends it.`);
	process.once('SIGINT', () => void simulator.close());
}

/** `retries=2` → a setting of the right type; unknown names are an error. */
function settingOf(text: string): [string, unknown] {
	const [name = '', ...rest] = text.split('=');
	const value = rest.join('=');
	const known = vendorGuess[name as keyof Settings];
	if (known === undefined) throw new Error(`There is no setting '${name}'.`);
	return [name, typeof known === 'string' ? value : JSON.parse(value)];
}
