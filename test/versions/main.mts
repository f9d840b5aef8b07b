import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { cacheFolder, projectRoot, searchPath, testedN8n } from '../support/n8n/runtime.mts';
import { folderOfImage } from '../support/versions/image.mts';

/*
 * `node test/versions/main.mts`: the small set of end-to-end tests against each n8n of testedN8n, one
 * after the other, or against those that are named: `node test/versions/main.mts 2.34.6`. The first
 * run of each installs it: 3 GB, 5 minutes. `--image n8nio/n8n:stable` runs an n8n that comes as a
 * container image: GitHub's nightly run does that with each of `nightlyTags`, and shows what passed.
 */

const { values, positionals } = parseArgs({
	options: { image: { type: 'string', multiple: true, default: [] } },
	allowPositionals: true,
});
const images = values.image;
const versions = positionals.length + images.length > 0 ? positionals : testedN8n;
for (const version of versions) await show(`n8n ${version}`, async () => await test(version));
for (const image of images) {
	await show(image, async () => {
		const { folder, version } = await folderOfImage(image);
		return await test(version, { CXONE_N8N_DIR: folder });
	});
}

/** @returns what passed, for people */
async function test(version: string, env = {}): Promise<string> {
	console.log(`\nn8n ${version}`);
	const report = join(cacheFolder, 'test-results', `versions-${version}.json`);
	await rm(report, { force: true });
	const { failed } = await execa('vitest', ['run', '--project=e2e-versions', `--outputFile.json=${report}`], {
		cwd: projectRoot,
		env: { N8N_VERSION: version, PATH: searchPath(), ...env },
		preferLocal: true,
		localDir: projectRoot,
		stdio: 'inherit',
		reject: false,
	});
	if (failed) process.exitCode = 1;
	return `n8n ${version} ${failed ? 'did not pass' : 'passed'}: ${await countIn(report)}`;
}

/** What this needs of vitest's report. */
interface Report {
	testResults: Array<{ assertionResults: Array<{ status: string; fullName: string }> }>;
}

async function countIn(report: string): Promise<string> {
	const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Report;
	const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
	const [passed, failed] = ['passed', 'failed'].map((each) => tests.filter(({ status }) => status === each)) as [
		typeof tests,
		typeof tests,
	];
	const failures = failed.map(({ fullName }) => `\n- ${fullName}`).join('');
	return `${passed.length} passed, ${failed.length} failed, of ${tests.length}.\n${failures}`;
}

async function show(title: string, work: () => Promise<string>): Promise<void> {
	const found = await work().catch((error: Error) => {
		process.exitCode = 1;
		return `Not tested: ${error.message}.`;
	});
	const summary = `### ${title}\n\n${found}\n\n`;
	console.log(`\n${summary}`);
	// What GitHub shows of a job.
	const { GITHUB_STEP_SUMMARY: file } = process.env;
	if (file) await appendFile(file, summary);
}
