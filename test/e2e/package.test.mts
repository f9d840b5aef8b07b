import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { nodeBinary } from '../support/n8n/runtime.mts';

interface Lock {
	packages: Record<string, { version: string; dependencies?: Record<string, string> }>;
}

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
			(file) =>
				!/^package\/(dist\/(nodes|credentials)\/|package\.json|index\.js|README|LICENSE)/.test(
					file,
				),
		);
		expect(others.filter((file) => !file.endsWith('/'))).toEqual([]);
		expect(files.filter((file) => /\.map$|\.ts$|\/test\/|\.test\./.test(file))).toEqual([]);
	});

	it('the package holds the whole licence of each bundled library', async () => {
		const path = join(folder, 'dist/nodes/CxoneExpert/api/xml.LICENSES.txt');
		const licences = (await readFile(path, 'utf8')).split(/\n\n(?=\S+ [\d.]+ \(MIT\)\n)/);
		const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock;
		const bundled = new Set(['fast-xml-parser']);
		for (const name of bundled) {
			const { version, dependencies = {} } = packages[`node_modules/${name}`]!;
			const licence = licences.find((text) => text.startsWith(`${name} ${version} (MIT)\n`));
			expect(licence, name).toMatch(
				/\nCopyright \(c\) .*\nPermission is hereby granted.*SOFTWARE\.\s*$/s,
			);
			for (const dependency of Object.keys(dependencies)) bundled.add(dependency);
		}
		expect(licences.map((text) => text.split(' ')[0])).toEqual([...bundled].sort());
		expect(bundled.size).toBeGreaterThan(1);
	});

	it('no file of the package is minified', async () => {
		const scripts = files.filter((file) => file.endsWith('.js'));
		expect(scripts).toContain('package/dist/nodes/CxoneExpert/api/xml.js');
		const texts = await Promise.all(
			scripts.map((file) => readFile(join(folder, file.replace('package/', '')), 'utf8')),
		);
		// Minified code has thousands of characters a line, other code at most about 75.
		const dense = scripts.filter((_file, index) => charsPerLine(texts[index] ?? '') > 200);
		expect(dense).toEqual([]);
	});

	it('the package loads where nothing but n8n-workflow is installed', async () => {
		// The peer that n8n brings; any other import from outside fails.
		const peer = createRequire(import.meta.url).resolve('n8n-workflow');
		const script = `
			const Module = require('node:module');
			const load = Module._load;
			Module._load = (name, ...rest) =>
				load(name === 'n8n-workflow' ? ${JSON.stringify(peer)} : name, ...rest);
			const { CxoneExpert, CxoneExpertApi, CxoneExpertTrigger } = require('./index.js');
			const nodes = [new CxoneExpertTrigger(), new CxoneExpert()];
			console.log(new CxoneExpertApi().name, ...nodes.map(({ description }) => description.name));`;
		const { stdout } = await execa(nodeBinary(), ['-e', script], { cwd: folder });
		expect(stdout).toBe('cxoneExpertApi cxoneExpertTrigger cxoneExpert');
	});
});

function charsPerLine(text: string): number {
	return text.length / text.split('\n').length;
}
