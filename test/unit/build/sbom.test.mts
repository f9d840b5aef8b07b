import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { sbomOf } from '../../../scripts/build/sbom.mts';
import { readManifest, root } from '../../../scripts/repository/identity.mts';
import manifest from '../../../package.json' with { type: 'json' };

const HASH = Buffer.alloc(64, 1);
const library = { name: '@own/a', version: '1.2.3', license: 'MIT', folder: 'node_modules/@own/a' };
const lock = (version: string) => ({
	packages: {
		'node_modules/@own/a': { version, integrity: `sha512-${HASH.toString('base64')}` },
	},
});

describe('the bill of materials of the package', () => {
	it('the bill names the bundled libraries, as scanners look them up, with hashes', async () => {
		const print = async () => (await execa('node', ['scripts/sbom.mts'], { cwd: root })).stdout;
		const [printed, again] = await Promise.all([print(), print()]);
		expect(again).toBe(printed);
		const bill = JSON.parse(printed) as { components: Array<{ purl: string; hashes: object[] }> };
		expect(bill).toMatchObject({
			...{ bomFormat: 'CycloneDX', specVersion: '1.6' },
			serialNumber: expect.stringMatching(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab]/),
			metadata: { component: { purl: `pkg:npm/${manifest.name}@${manifest.version}` } },
		});
		const parser = `pkg:npm/fast-xml-parser@${manifest.devDependencies['fast-xml-parser']}`;
		expect(bill.components.map(({ purl }) => purl)).toContain(parser);
		expect(bill.components.length).toBeGreaterThan(1);
		for (const { hashes } of bill.components) {
			expect(hashes).toEqual([
				{ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) },
			]);
		}
	});

	it('the bill has the hash of the version that is bundled', () => {
		const bill = sbomOf(readManifest(), [library], lock('1.2.3'));
		expect(bill).toMatchObject({
			components: [{ purl: 'pkg:npm/%40own/a@1.2.3', hashes: [{ content: HASH.toString('hex') }] }],
		});
	});

	it('there is no bill of a library that package-lock.json does not have', () => {
		expect(() => sbomOf(readManifest(), [library], lock('1.2.4'))).toThrow(
			'package-lock.json has no @own/a 1.2.3.',
		);
	});
});
