import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These take longest. A worker that begins one of them last would be waited for. */
const LONGEST_FIRST = [
	'watch',
	'neighbours',
	'queue-deploy',
	'watch-recover',
	'queue',
	'storm',
	'concurrency-limit',
	'chaos',
	'hostile',
	'deploy',
	'database-faults-postgres',
	'postgres',
	'memory',
	'queue-proxies',
	'templates',
	'several-deliveries',
	'secrets',
	'loss',
	'database-faults-sqlite',
];
/** These share an n8n, which lives for as long as its worker gets files of the same project. */
const SHARING = [
	'page-details',
	'faults',
	'delivery',
	'subscription',
	'custom-api-call',
	'credential',
	'telling',
];

/** The workers take the files of e2e in this order: project by project, longest first. */
export default class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const usual = await super.sort(files);
		return usual.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
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
