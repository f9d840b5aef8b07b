import { build } from 'esbuild';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import lock from '../../../package-lock.json' with { type: 'json' };
import { bundling } from '../../../scripts/build/bundling.mts';
import { root } from '../../../scripts/repository/identity.mts';

it('the bill of materials names each bundled library with version, licence and hash, in the same bytes each time', async () => {
	const print = async () => (await execa('node', ['scripts/sbom.mts'], { cwd: root })).stdout;
	const [printed, again] = await Promise.all([print(), print()]);
	expect(again).toBe(printed);
	expect(JSON.parse(printed)).toMatchObject({
		...{ bomFormat: 'CycloneDX', specVersion: '1.6' },
		serialNumber: expect.stringMatching(/^urn:uuid:/),
		metadata: { component: { name: 'n8n-nodes-cxone-expert' } },
		components: (await bundledFolders()).map(componentOf).sort(byPurl),
	});
});

/** The folders of libraries that esbuild names in comments of what it bundles. */
async function bundledFolders(): Promise<string[]> {
	const { outputFiles } = await build({ ...bundling, outdir: 'dist', write: false });
	const comments = outputFiles.flatMap(({ text }) => [
		...text.matchAll(/^\/\/ \S*?(node_modules\/(?:@[^/]+\/)?[^/]+)\//gm),
	]);
	return [...new Set(comments.map(([, folder = '']) => folder))].sort();
}

const byPurl = (a: { purl: string }, b: { purl: string }) => (a.purl < b.purl ? -1 : 1);

function componentOf(folder: string) {
	const { version, license, integrity } = lock.packages[folder as keyof typeof lock.packages] as {
		version: string;
		license: string;
		integrity: string;
	};
	const name = folder.replace('node_modules/', '');
	const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
	return {
		...{ name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` },
		licenses: [{ license: { id: license } }],
		hashes: [{ alg: 'SHA-512', content }],
	};
}
