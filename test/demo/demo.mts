import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackage, packPackage } from '../support/n8n/pack.mts';
import { followDeliveries } from '../support/stage/trace.mts';
import { type Run, runOn } from '../support/stage/run.mts';
import { Stage } from '../support/stage/stage.mts';
import { bold, green, heading, remark } from '../support/stage/terminal.mts';
import { playPolling } from './polling.mts';
import { expectRemoval, playRound } from './round.mts';

const usage = `Runs the package in a real n8n against a simulated Expert site.

  npm run demo              a round by webhook, one by polling, then stays up to play with
  npm run demo -- --once    the same, then ends (0 = all went well)
`;

const { values } = parseArgs({
	options: {
		once: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

const stage = new Stage({ name: 'demo', installPackage: installPacked });

if (values.help) console.log(usage);
else process.exit(await runOn(stage, play));

async function play({ signal, complete }: Run): Promise<void> {
	await stage.build(signal);
	await stage.publish();
	await playRound(stage);
	await expectRemoval(stage);
	await playPolling(stage);
	if (values.once) {
		console.log(`\n${green(bold('All went well.'))}`);
		return;
	}
	await stage.publishAgain();
	complete();
	heading('All went well. Now it is your turn; both workflows are published:');
	stage.printAddresses();
	remark('Each delivery will be shown here, what polls find in n8n under Executions. Ctrl-C ends everything.');
	await followDeliveries(stage, signal);
}

/** As users get it. */
async function installPacked(userFolder: string): Promise<string> {
	const tarball = await packPackage();
	await installPackage(tarball, userFolder);
	await rm(dirname(tarball), { recursive: true });
	return 'with the packed package installed';
}
