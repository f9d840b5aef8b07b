import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execaNode } from 'execa';
import { type Outcome, markdown } from './report.mts';
import { topics } from './topics.mts';

/*
 * Speed as a figure that anyone can reproduce: `npm run bench`, `-- --only NAME` (more than once if
 * need be), `-- --json FILE`. What is compared runs side by side and in turn; the ratios are the
 * result, absolute times (of the processor) stand beside them. A goal that is missed is told and is no failure.
 */

const { values } = parseArgs({
	options: {
		only: { type: 'string', multiple: true, default: Object.keys(topics) },
		json: { type: 'string' },
	},
});
const unknown = values.only.find((name) => !(name in topics));
if (unknown !== undefined) {
	console.log(`There is no topic "${unknown}". The topics are: ${Object.keys(topics).join(', ')}.`);
	process.exit(2);
}

const about = {
	date: new Date().toISOString(),
	node: process.version,
	machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${process.arch}`,
	versions: await versionsOf(
		'mitata',
		'stripe',
		'standardwebhooks',
		'xml2js',
		'saxes',
		'txml',
		'fast-xml-parser',
	),
};
console.log(`${about.date}, Node ${about.node}, ${about.machine}`);
console.log(JSON.stringify(about.versions));

const outcomes: Record<string, Outcome> = {};
for (const name of values.only) {
	console.log(`\n## ${name}\n`);
	outcomes[name] = await outcomeOf(name);
	console.log(markdown(outcomes[name]));
}
if (values.json !== undefined) {
	await writeFile(values.json, `${JSON.stringify({ ...about, outcomes }, null, '\t')}\n`);
}

/** A process for each: what one topic leaves behind must not slow down the next. */
async function outcomeOf(name: string): Promise<Outcome> {
	const script = fileURLToPath(new URL('topic.mts', import.meta.url));
	const worker = execaNode(script, [name], {
		nodeOptions: ['--expose-gc'],
		ipc: true,
		stdout: 'inherit',
		stderr: 'inherit',
	});
	const [outcome] = await Promise.all([worker.getOneMessage(), worker]);
	return outcome as unknown as Outcome;
}

async function versionsOf(...names: string[]): Promise<Record<string, string>> {
	const entries = names.map(async (name) => {
		const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
		const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
		return [name, version] as const;
	});
	return Object.fromEntries(await Promise.all(entries));
}
