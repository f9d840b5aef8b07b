import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { nodeBinary } from '../support/n8n/runtime.mts';

interface Lock {
	packages: Record<string, { version: string; license: string }>;
}

/** With the peer that n8n brings; any other import from outside fails. */
const LOAD_WITH_PEER = `
	const Module = require('node:module');
	const load = Module._load;
	const peer = ${JSON.stringify(createRequire(import.meta.url).resolve('n8n-workflow'))};
	Module._load = (name, ...rest) => load(name === 'n8n-workflow' ? peer : name, ...rest);`;

describe('the package as users get it', () => {
	let folder: string;
	let files: string[];
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'cxone-expert-package-'));
		await execa('tar', ['-xzf', inject('tarball'), '-C', folder, '--strip-components=1']);
		files = (await execa('tar', ['-tzf', inject('tarball')])).stdout.split('\n');
	});
	afterAll(async () => await rm(folder, { recursive: true, force: true }));

	it('the package has no runtime dependencies and names only files that it holds', async () => {
		const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
		expect(manifest.dependencies ?? {}).toEqual({});
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials, manifest.main]) {
			expect(files).toContain(`package/${file}`);
		}
	});

	it('the package holds nothing but what n8n runs, its licence and its documentation', () => {
		const others = files.filter(
			(file) => !/^package\/(dist\/(nodes|credentials)\/|package\.json|index\.js|README|LICENSE)/.test(file),
		);
		expect(others.filter((file) => !file.endsWith('/'))).toEqual([]);
		expect(files.filter((file) => /\.map$|\.ts$|\/test\/|\.test\./.test(file))).toEqual([]);
	});

	it('the package holds the whole licence of each bundled library', async () => {
		const path = join(folder, 'dist/nodes/CxoneExpert/LICENSES.txt');
		const licences = (await readFile(path, 'utf8')).split(/\n\n(?=\S+ [\d.]+ \([\w-]+\)\n)/);
		const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock;
		const bundled = await bundledLibraries();
		for (const [name, path] of bundled) {
			const { version, license } = packages[path]!;
			const licence = licences.find((text) => text.startsWith(`${name} ${version} (${license})\n`));
			expect(license, name).toMatch(/^(MIT|ISC|BSD-2-Clause)$/);
			expect(licence, name).toMatch(/\nCopyright .*(SOFTWARE|DAMAGE)\.\s*$/s);
		}
		const names = [...bundled.keys()];
		expect(licences.map((text) => text.split(' ')[0])).toEqual(names);
		expect(names).toEqual(expect.arrayContaining(['fast-xml-parser', 'hast-util-to-mdast']));
	});

	/** Their names with their paths in the lock file: esbuild names the files in comments. One can lie within another. */
	async function bundledLibraries(): Promise<Map<string, string>> {
		const scripts = files.filter((file) => file.endsWith('.js'));
		const texts = await Promise.all(
			scripts.map((file) => readFile(join(folder, file.replace('package/', '')), 'utf8')),
		);
		const file = /^\/\/ (\S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+))\//gm;
		const found = texts.flatMap((text) => [...text.matchAll(file)]);
		return new Map(found.map(([, path = '', name = '']) => [name, path] as const).sort());
	}

	it('the package is below 400 kB, and its nodes load no library that only some operations need', async () => {
		expect((await stat(inject('tarball'))).size).toBeLessThan(400_000);
		const script = `
			${LOAD_WITH_PEER}
			require('./index.js');
			console.log(Object.keys(require.cache).filter((file) => file.endsWith('libraries.js')).length);`;
		const { stdout } = await execa(nodeBinary(), ['-e', script], { cwd: folder });
		expect(stdout).toBe('0');
	});

	it('the package loads where nothing but n8n-workflow is installed', async () => {
		const script = `
			${LOAD_WITH_PEER}
			const { CxoneExpert, CxoneExpertApi, CxoneExpertTrigger } = require('./index.js');
			const nodes = [new CxoneExpertTrigger(), new CxoneExpert()];
			console.log(new CxoneExpertApi().name, ...nodes.map(({ description }) => description.name));
			const { toMarkdown } = require('./dist/nodes/CxoneExpert/actions/markdown/libraries.js');
			console.log(toMarkdown({ type: 'strong', children: [{ type: 'text', value: 'loaded' }] }));`;
		const { stdout } = await execa(nodeBinary(), ['-e', script], { cwd: folder });
		expect(stdout).toBe('cxoneExpertApi cxoneExpertTrigger cxoneExpert\n**loaded**\n');
	});
});
