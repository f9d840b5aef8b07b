import { parseArgs } from 'node:util';
import { fastTest, startSimulator, vendorGuess, type Settings } from './index.mts';
import { seedSite } from './seed.mts';

const usage = `Expert site simulator

  node test/support/simulator/main.mts [options]

  --port N            port on 127.0.0.1 (default 8090; 0 takes a free one)
  --profile NAME      vendorGuess (default) or fastTest
  --https-only        refuse http webhook URLs, as the vendor does
  --set NAME=VALUE    any setting of settings.mts; may be repeated
  --empty             start without the sample pages
  --help
`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '8090' },
		profile: { type: 'string', default: 'vendorGuess' },
		'https-only': { type: 'boolean', default: false },
		set: { type: 'string', multiple: true, default: [] },
		empty: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) {
	console.log(usage);
} else {
	await run();
}

async function run(): Promise<void> {
	const profile = values.profile === 'fastTest' ? fastTest : vendorGuess;
	const simulator = await startSimulator({
		...profile,
		port: Number(values.port),
		allowHttpUrls: !values['https-only'],
		...Object.fromEntries(values.set.map((text) => settingOf(text, profile))),
	});
	if (!values.empty) seedSite(simulator.site);
	console.log(`Expert site simulator: ${simulator.url}`);
	console.log(`  API token (JWT)  ${simulator.longTermToken}`);
	const { key, secret, user } = simulator.serverToken;
	console.log(`  server token     key ${key}, secret ${secret}, user ${user}`);
	console.log(`  signing secret   ${simulator.signingSecret}`);
	console.log('Ctrl-C ends it.');
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void simulator.close());
	}
}

/** `retries=2` → a setting of the right type; unknown names are an error. */
function settingOf(text: string, profile: Settings): [string, unknown] {
	const [name = '', ...rest] = text.split('=');
	const value = rest.join('=');
	const known = profile[name as keyof Settings];
	if (known === undefined) throw new Error(`There is no setting '${name}'.`);
	return [name, typeof known === 'string' ? value : JSON.parse(value)];
}
