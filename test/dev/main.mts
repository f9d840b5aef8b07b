import { parseArgs } from 'node:util';
import { seedSite, settingsFrom } from '../support/simulator/index.mts';
import { followDeliveries } from '../support/stage/trace.mts';
import { type Run, runOn } from '../support/stage/run.mts';
import { Stage } from '../support/stage/stage.mts';
import { heading, remark, passed, red } from '../support/stage/terminal.mts';
import { SourcePackage } from './source-package.mts';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BuildFailure, formatMessages } from 'esbuild';
import type { N8nInstance } from '../support/n8n/instance.mts';

const usage = `Runs the nodes in a real n8n, from the source, against a simulated Expert site.

  npm run dev                          n8n loads the nodes again whenever a file in nodes/
                                       or credentials/ changes
  npm run dev -- --set NAME=VALUE …    any setting of test/support/simulator/settings.mts
`;

const { values } = parseArgs({
	options: {
		set: { type: 'string', multiple: true, default: [] },
		help: { type: 'boolean', default: false },
	},
});

const source = new SourcePackage();
const stage = new Stage({
	name: 'dev',
	installPackage: async (userFolder) => {
		await source.install(userFolder);
		return 'with the nodes of this checkout';
	},
	// n8n watches the folders of its packages.
	env: { N8N_DEV_RELOAD: 'true' },
	site: settingsFrom(values.set),
});

/** n8n looks for changes all the time, and waits a moment for more of them. */
const NOTICE_MS = 10_000;
/** It begins to look some time after it responds, and does not see what has changed before. */
const MAX_NOTICES = 6;

/** From "triggered" on n8n reads the package; it reports a failure only. */
const READ_MS = 500;

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
	remark('What a published trigger does by itself every few minutes changes when you publish again.');
	remark('Each delivery will be shown here. Ctrl-C ends everything, and deletes the data of n8n.');
	await Promise.all([followSource(source, stage, signal), followDeliveries(stage, signal)]);
}

/** Builds the package again on each change, until the signal, and says what n8n makes of it. */
async function followSource(source: SourcePackage, { n8n }: Stage, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		try {
			heading(`Changed: ${(await source.change(signal)).join(', ')}`);
			await take(source, n8n, signal);
		} catch (error) {
			if (!signal.aborted) console.log(red((error as Error).message));
		}
	}
}

/** @throws what is wrong with the source */
async function take(source: SourcePackage, n8n: N8nInstance, signal: AbortSignal): Promise<void> {
	const started = Date.now();
	const position = n8n.log.length;
	if ((await rebuild(source)) === 0) return remark('The built package is as it was.');
	await untilNoticed(source, n8n, position, signal);
	await sleep(READ_MS, undefined, { signal });
	if (n8n.log.includes('Hot reload failed', position)) {
		throw new Error(`n8n cannot load the nodes any more:\n${await source.loadFailure()}`);
	}
	passed(`n8n runs it, ${Date.now() - started} ms later`);
}

async function untilNoticed(
	source: SourcePackage,
	n8n: N8nInstance,
	position: number,
	signal: AbortSignal,
): Promise<void> {
	const options = { timeoutMs: NOTICE_MS, signal };
	for (let attempt = 1; ; attempt++) {
		try {
			return await n8n.waitForLog(/Hot reload triggered/, position, options);
		} catch (error) {
			if (signal.aborted || attempt === MAX_NOTICES) throw error;
			await source.writeAgain();
		}
	}
}

async function rebuild(source: SourcePackage): Promise<number> {
	try {
		return await source.build();
	} catch (error) {
		const { errors } = error as BuildFailure;
		const messages = await formatMessages(errors, { kind: 'error' });
		throw new Error(`${messages.join('\n')}n8n keeps what it has.`);
	}
}
