import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { librariesOf, licencesOf } from '../../../scripts/build/licences.mts';

/** A folder with libraries, gone after the test. */
function folderWith(files: Record<string, string>): string {
	const folder = mkdtempSync(join(tmpdir(), 'cxone-expert-licences-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(folder, path, '..'), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return folder;
}

const manifest = (name: string) => JSON.stringify({ name, version: '1.2.3', license: 'MIT' });

describe('licences of a bundle', () => {
	it('licences contain the whole text of each library once, by name', () => {
		const folder = folderWith({
			'node_modules/b/package.json': manifest('b'),
			'node_modules/b/LICENSE.md': 'Licence of b\n\nSecond part\n',
			'node_modules/@own/a/package.json': manifest('@own/a'),
			'node_modules/@own/a/license': 'Licence of a',
		});
		const inputs = ['node_modules/b/x.js', 'node_modules/@own/a/src/y.js', 'node_modules/b/z.js'];
		const libraries = librariesOf([...inputs.map((input) => join(folder, input)), 'nodes/own.ts']);
		expect(licencesOf(libraries)).toBe(
			'@own/a 1.2.3 (MIT)\n\nLicence of a\n\nb 1.2.3 (MIT)\n\nLicence of b\n\nSecond part\n',
		);
	});

	it('licences are those of the innermost library', () => {
		const folder = folderWith({
			'node_modules/b/node_modules/c/package.json': manifest('c'),
			'node_modules/b/node_modules/c/COPYING': 'Licence of c',
		});
		const input = join(folder, 'node_modules/b/node_modules/c/index.js');
		expect(licencesOf(librariesOf([input]))).toBe('c 1.2.3 (MIT)\n\nLicence of c\n');
	});

	it('licences come from the kept texts where a library holds none', () => {
		const folder = folderWith({
			'node_modules/@own/a/package.json': manifest('@own/a'),
			'kept/@own/a.txt': 'Kept licence',
		});
		const input = join(folder, 'node_modules/@own/a/index.js');
		expect(licencesOf(librariesOf([input]), join(folder, 'kept'))).toBe(
			'@own/a 1.2.3 (MIT)\n\nKept licence\n',
		);
	});

	it.each(['', ' \n'])('licences end the build where there is no text (%j)', (text) => {
		const folder = folderWith({
			'node_modules/b/package.json': manifest('b'),
			...(text === '' ? {} : { 'node_modules/b/LICENSE': text }),
		});
		expect(() => licencesOf(librariesOf([join(folder, 'node_modules/b/index.js')]))).toThrow(
			'b 1.2.3 (MIT) comes without the text of its licence. Put it into scripts/licences/b.txt.',
		);
	});
});
