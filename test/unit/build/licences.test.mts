import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { librariesOf, licencesOf } from '../../../scripts/build/licences.mts';

/** The licences of libraries that have these files, beside a file of our own. */
function licences(files: Record<string, string>): string {
	const root = mkdtempSync(join(tmpdir(), 'cxone-expert-licences-'));
	onTestFinished(() => rmSync(root, { recursive: true }));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(root, dirname(path)), { recursive: true });
		writeFileSync(join(root, path), text);
	}
	const inputs = Object.keys(files).map((path) => join(root, path));
	return licencesOf(librariesOf([...inputs, 'nodes/own.ts']), join(root, 'kept'));
}

const manifest = (name: string) => JSON.stringify({ name, version: '1.2.3', license: 'MIT' });

it('licences are the whole text of each innermost library once, by name, or a kept text', () => {
	const text = licences({
		'node_modules/b/package.json': manifest('b'),
		'node_modules/b/LICENSE.md': 'Licence of b\n\nSecond part\n',
		'node_modules/b/node_modules/c/package.json': manifest('c'),
		'node_modules/b/node_modules/c/COPYING': 'Licence of c',
		'node_modules/@own/a/package.json': manifest('@own/a'),
		'kept/@own/a.txt': 'Kept licence of a',
	});
	expect(text.split('\n\n')).toEqual([
		...['@own/a 1.2.3 (MIT)', 'Kept licence of a', 'b 1.2.3 (MIT)', 'Licence of b'],
		...['Second part', 'c 1.2.3 (MIT)', 'Licence of c\n'],
	]);
});

it.each<Record<string, string>>([{}, { 'node_modules/b/LICENSE': ' \n' }])(
	'no text of a licence (%j) ends the build',
	(text) => {
		expect(() => licences({ 'node_modules/b/package.json': manifest('b'), ...text })).toThrow(
			'b 1.2.3 (MIT) comes without the text of its licence. Put it into scripts/licences/b.txt.',
		);
	},
);
