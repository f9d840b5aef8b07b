import type { Stage } from './stage.mts';
import { bold, red, remark } from './terminal.mts';

/** What a shell reports for Ctrl-C; here: before all was up. */
const INTERRUPTED_CODE = 130;

export interface Run {
	/** Aborted by Ctrl-C and by signals to end. */
	signal: AbortSignal;
	/** From now on Ctrl-C is how it ends. */
	complete(): void;
}

/** Plays, and returns the exit code. Whatever happens, nothing is left running. */
export async function runOn(stage: Stage, play: (run: Run) => Promise<void>): Promise<number> {
	const interruption = interruptions();
	let exitCode = 0;
	try {
		await unlessInterrupted(interruption, play);
	} catch (error) {
		exitCode = interruption.aborted ? INTERRUPTED_CODE : 1;
		if (exitCode === 1) report(stage, error as Error);
	}
	remark('Stopping …');
	await stage.close({ keepData: exitCode === 1 });
	remark('Stopped; nothing is left running.');
	return exitCode;
}

function interruptions(): AbortSignal {
	const controller = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => controller.abort());
	}
	return controller.signal;
}

/** Ends the waiting at once, unless the work is done by then; the caller closes what was built. */
async function unlessInterrupted(signal: AbortSignal, play: (run: Run) => Promise<void>) {
	let isComplete = false;
	const complete = () => {
		isComplete = true;
	};
	const interrupted = Promise.withResolvers<void>();
	signal.addEventListener('abort', () => {
		if (isComplete) interrupted.resolve();
		else interrupted.reject(signal.reason);
	});
	await Promise.race([play({ signal, complete }), interrupted.promise]);
}

function report(stage: Stage, error: Error): void {
	console.error(`\n${red(bold('Stopped:'))} ${error.message}`);
	if (stage.n8n) console.error(`n8n's log: ${stage.n8n.logFile}`);
}
