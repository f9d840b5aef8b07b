import { parseArgs } from 'node:util';
import { owner } from '../support/n8n/rest.mts';
import { followDeliveries } from './follow.mts';
import { expectRemoval, playRound } from './round.mts';
import { Stage } from './stage.mts';
import { bold, fact, green, heading, red, remark } from './terminal.mts';

const usage = `Runs the package in a real n8n against a simulated Expert site.

  npm run demo              one full round, then stays up to play with
  npm run demo -- --once    one full round, then ends (0 = all went well)
`;

const { values } = parseArgs({
	options: {
		once: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

/** What a shell reports for Ctrl-C; here: before the round was complete. */
const interruptedCode = 130;
const interruption = new AbortController();
let isComplete = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => interruption.abort());
}

if (values.help) console.log(usage);
else process.exit(await run());

/** Returns the exit code. Whatever happens, nothing is left running. */
async function run(): Promise<number> {
	const stage = new Stage();
	let exitCode = 0;
	try {
		await unlessInterrupted(play(stage));
	} catch (error) {
		exitCode = interruption.signal.aborted ? interruptedCode : 1;
		if (exitCode === 1) report(stage, error as Error);
	}
	remark('Stopping …');
	await stage.close({ keepData: exitCode === 1 });
	remark('Stopped; nothing is left running.');
	return exitCode;
}

async function play(stage: Stage): Promise<void> {
	await stage.build(interruption.signal);
	await stage.publish();
	await playRound(stage);
	if (values.once) {
		await expectRemoval(stage);
		console.log(`\n${green(bold('All went well.'))}`);
		return;
	}
	isComplete = true;
	invite(stage);
	await followDeliveries(stage, interruption.signal);
}

function invite(stage: Stage): void {
	heading('All went well. Now it is your turn:');
	fact('Expert site', `${stage.simulator.url}/   create, edit and move pages there`);
	fact('n8n', stage.editorUrl);
	fact('log in as', `${owner.email} / ${owner.password}`);
	remark('Each delivery will be shown here. Ctrl-C ends everything.');
}

/** Ends the waiting at once, unless the work is done by then; the caller closes what was built. */
async function unlessInterrupted(work: Promise<void>): Promise<void> {
	const { signal } = interruption;
	const interrupted = Promise.withResolvers<void>();
	signal.addEventListener('abort', () => {
		if (isComplete) interrupted.resolve();
		else interrupted.reject(signal.reason);
	});
	await Promise.race([work, interrupted.promise]);
}

function report(stage: Stage, error: Error): void {
	console.error(`\n${red(bold('The demo stopped:'))} ${error.message}`);
	if (stage.n8n) console.error(`n8n's log: ${stage.n8n.logFile}`);
}
