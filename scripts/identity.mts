import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check as isFormatted, format, getFileInfo, resolveConfig } from 'prettier';
import {
	readManifest,
	repositoryNameProblem,
	root,
	textFiles,
	identityOf,
	knowsThePlaceholder,
	mailProblem,
	nameProblem,
	unsetParts,
	withIdentity,
	type Identity,
} from './repository/identity.mts';

/*
 * Sets who publishes this package, in every file that says so:
 *
 *     node scripts/identity.mts --owner acme --name "Acme Docs" --email ADDRESS
 *
 * Without an option it prints what is set and writes nothing; with --check it also fails while the
 * placeholder is set. An address that receives no mail is refused.
 */

const {
	values: { check, ...given },
} = parseArgs({
	options: {
		owner: { type: 'string' },
		repository: { type: 'string' },
		name: { type: 'string' },
		email: { type: 'string' },
		check: { type: 'boolean', default: false },
	},
});
const names = [given.owner, given.repository].flatMap((name) => name ?? []);
const problems = [
	...names.map(repositoryNameProblem),
	...(given.name === undefined ? [] : [nameProblem(given.name)]),
	...(given.email === undefined ? [] : [mailProblem(given.email)]),
];
const refused = problems.find((problem) => problem !== undefined);
if (refused !== undefined) {
	console.error(`Nothing was changed. ${refused}`);
	process.exit(1);
}
const before = identityOf(readManifest());
const after: Identity = { ...before, ...given };
const changed = Object.keys(given).length > 0 ? await write() : [];
for (const [part, value] of Object.entries(after)) console.log(`${part}: ${value}`);
for (const file of changed) console.log(`changed ${file}`);
const unset = unsetParts(after);
if (unset.length > 0) {
	console.error(`Still the placeholder: ${unset.join(', ')}.`);
	if (check) process.exitCode = 1;
}

async function write(): Promise<string[]> {
	const changed: string[] = [];
	for (const file of textFiles().filter((each) => !knowsThePlaceholder(each))) {
		const path = join(root, file);
		const text = readFileSync(path, 'utf8');
		const next = withIdentity(text, before, after);
		if (next === text) continue;
		writeFileSync(path, await formattedAs(text, next, path));
		changed.push(file);
	}
	return changed;
}

/** A name of another length can make a line break elsewhere; what was not formatted stays so. */
async function formattedAs(text: string, next: string, path: string): Promise<string> {
	const { inferredParser } = await getFileInfo(path, { ignorePath: join(root, '.prettierignore') });
	if (inferredParser === null) return next;
	const options = { ...(await resolveConfig(path)), filepath: path };
	return (await isFormatted(text, options)) ? await format(next, options) : next;
}
