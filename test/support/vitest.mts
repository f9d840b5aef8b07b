import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { BaseSequencer, type Reporter, type TestCase, type TestSpecification } from 'vitest/node';
import { LIMIT_MS } from './wait.mts';

/**
 * The build of n8n-workflow that n8n itself loads. Of the other one, vitest would transform each of its
 * 123 modules, and n8n-core would have another copy than the nodes.
 */
export const n8nWorkflowAlias = [
	{
		// Alone: what a path below it names is a file of its own.
		find: /^n8n-workflow$/,
		replacement: createRequire(import.meta.url).resolve('n8n-workflow'),
	},
];

/** For a machine that is busy with other things, and for whoever sees only the last lines of CI: they say what was found. */
export const patient = {
	testTimeout: 600_000,
	hookTimeout: 600_000,
	chaiConfig: { truncateThreshold: 500 },
	expect: { poll: { timeout: LIMIT_MS } },
};

/**
 * All cores, and the files of one worker share what they have loaded: to load n8n-workflow and n8n-core
 * for each file would take most of the time. A file that needs a module afresh resets the modules.
 */
export const sharedModules = {
	isolate: false,
	setupFiles: ['test/support/new-file.mts'],
	maxWorkers: '100%',
	...patient,
};

/** The slowest files. If one started last, the whole run would wait for it. */
const LONGEST_FIRST = [
	'real',
	'queue-deploy',
	'polling',
	'watch',
	'watch-recover',
	'queue',
	'storm',
	'concurrency-limit',
	'deploy',
	'database-faults-postgres',
	'queue-proxies',
	'templates',
	'secrets',
	'database-faults-sqlite',
];
/** These share an n8n, which lives for as long as its worker gets files of the same project. */
const SHARING = [
	'agents',
	'memory',
	'page-published',
	'hostile',
	'alerts',
	'delivery',
	'subscription',
	'custom-api-call',
	'polling-by-hand',
	'credential',
];

/** The workers take the files of e2e in this order: project by project, longest first. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const usual = await super.sort(files);
		return usual.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
	}
}

/** Says why a test failed when it does: vitest says it at the end, and a run of an hour may be stopped before. */
export class FailuresAtOnce implements Reporter {
	onTestCaseResult(test: TestCase) {
		// The stack of a test that ran out of time has no message.
		for (const { message, stack } of test.result().errors ?? [])
			console.error(`× ${test.fullName}\n${stack?.includes(message) ? stack : message}`);
	}
}

function keyOf({ project, moduleId }: TestSpecification): [project: string, rank: number] {
	if (!project.name.startsWith('e2e')) return ['', 0];
	const name = basename(moduleId, '.test.mts');
	const longest = LONGEST_FIRST.indexOf(name);
	const sharing = SHARING.indexOf(name);
	return [project.name, longest >= 0 ? longest : 100 + sharing];
}

function compare([project, rank]: [string, number], [otherProject, otherRank]: [string, number]) {
	return project.localeCompare(otherProject) || rank - otherRank;
}
