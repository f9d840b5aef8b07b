import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../repository/identity.mts';

/** A library in a bundle, as its package.json names it. */
interface Library {
	name: string;
	version: string;
	license: string;
	folder: string;
}

/**
 * Texts of licences that a library names and does not hold, by its name: the text of that licence,
 * with the author that its package.json names.
 */
const KEPT_TEXTS = join(root, 'scripts/licences');

/**
 * The libraries among the inputs of a bundle, by name.
 *
 * @param inputs paths as esbuild lists them: from the root, or from above it where `node_modules` is
 * a link
 */
export function librariesOf(inputs: string[]): Library[] {
	const folders = [...new Set(inputs.flatMap(libraryFolder))];
	return folders.map(libraryIn).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Concatenates the licences of all libraries: most require passing on their full text.
 *
 * @throws when a library has no licence text
 */
export function licencesOf(libraries: Library[], keptTexts = KEPT_TEXTS): string {
	return `${libraries.map((library) => licenceOf(library, keptTexts)).join('\n\n')}\n`;
}

/** The folder of the innermost library that a file belongs to; none for a file of this project. */
function libraryFolder(input: string): string[] {
	const [folder] = /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? [];
	return folder === undefined ? [] : [folder];
}

function libraryIn(folder: string): Library {
	const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Library;
	const { name, version, license = 'no licence named' } = manifest;
	return { name, version, license, folder };
}

function licenceOf({ name, version, license, folder }: Library, keptTexts: string): string {
	const [file] = [
		...globSync(join(folder, '{LICEN[CS]E,licen[cs]e,COPYING}*')),
		...globSync(join(keptTexts, `${name}.txt`)),
	];
	const text = file === undefined ? '' : readFileSync(file, 'utf8').trim();
	if (text !== '') return `${name} ${version} (${license})\n\n${text}`;
	throw new Error(
		`${name} ${version} (${license}) comes without the text of its licence. ` +
			`Put it into scripts/licences/${name}.txt.`,
	);
}
