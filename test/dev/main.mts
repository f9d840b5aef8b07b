import { parseArgs } from 'node:util';
import { seedSite } from '../support/simulator/index.mts';
import { followDeliveries } from '../support/stage/trace.mts';
import { type Run, runOn } from '../support/stage/run.mts';
import { Stage } from '../support/stage/stage.mts';
import { heading, remark } from '../support/stage/terminal.mts';
import { followSource } from './follow-source.mts';
import { SourcePackage } from './source-package.mts';

const usage = `Runs the nodes in a real n8n, from the source, against a simulated Expert site.

  npm run dev    n8n loads the nodes again whenever a file in nodes/ or credentials/ changes
`;

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });

const source = new SourcePackage();
const stage = new Stage({
	name: 'dev',
	installPackage: async (userFolder) => {
		await source.install(userFolder);
		return 'with the nodes of this checkout';
	},
	// n8n watches the folders of its packages.
	env: { N8N_DEV_RELOAD: 'true' },
});

if (values.help) console.log(usage);
else process.exit(await runOn(stage, play));

async function play({ signal, complete }: Run): Promise<void> {
	await stage.build(signal);
	seedSite(stage.simulator.site);
	await stage.publish();
	complete();
	heading('Ready:');
	stage.printAddresses();
	remark('Changes in nodes/ and credentials/ are in n8n a moment after you save them.');
	remark(
		'What a published trigger does by itself every few minutes changes when you publish again.',
	);
	remark('Each delivery will be shown here. Ctrl-C ends everything, and deletes the data of n8n.');
	await Promise.all([followSource(source, stage, signal), followDeliveries(stage, signal)]);
}
