import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { cacheFolder, projectRoot, searchPath, testedN8n } from '../support/n8n/runtime.mts';
import { folderOfImage } from './image.mts';

/*
 * `node test/versions/main.mts`: the small set of end-to-end tests against each n8n of testedN8n, one
 * after the other, or against those that are named: `node test/versions/main.mts 2.34.6`. The first
 * run of each installs it: 3 GB, 5 minutes. `--image docker.n8n.io/n8nio/n8n:2.41.1` runs an n8n
 * that comes as a container image.
 */

const { values, positionals } = parseArgs({
	options: { image: { type: 'string' } },
	allowPositionals: true,
});
const image = values.image ? await folderOfImage(values.image) : undefined;
const versions = image ? [image.version] : positionals.length > 0 ? positionals : testedN8n;
const failed: string[] = [];
for (const version of versions) if (!(await succeeds(version))) failed.push(version);

const passed = versions.filter((version) => !failed.includes(version));
console.log(`n8n that the small set passed on: ${passed.join(', ') || 'none'}`);
if (failed.length > 0) {
	console.error(`n8n that it did not pass on: ${failed.join(', ')}`);
	process.exitCode = 1;
}

async function succeeds(version: string): Promise<boolean> {
	console.log(`\nn8n ${version}`);
	const report = join(cacheFolder, 'test-results', `versions-${version}.json`);
	const { exitCode } = await execa(
		'vitest',
		['run', '--project=e2e-versions', `--outputFile.json=${report}`],
		{
			cwd: projectRoot,
			env: {
				N8N_VERSION: version,
				PATH: searchPath(),
				...(image ? { CXONE_N8N_DIR: image.folder } : {}),
			},
			preferLocal: true,
			localDir: projectRoot,
			stdio: 'inherit',
			reject: false,
		},
	);
	return exitCode === 0;
}
