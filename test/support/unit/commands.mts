import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filesOf, plainText, ROOT, textOf, tokensOf } from './documents.mts';

/** Code in a document, a line of it at a time. */
export function codeLinesIn(path: string): string[] {
	return tokensOf(textOf(path))
		.filter(({ type }) => type === 'codespan' || type === 'code')
		.flatMap((token) => plainText(token).split('\n'))
		.flatMap((line) => line.split('&&'))
		.map((line) => line.replace(/ #.*/, '').trim());
}

export const scripts = (
	JSON.parse(textOf('package.json')) as { scripts: Record<string, string | undefined> }
).scripts as Readonly<Record<string, string | undefined>>;

/** Why a command of the documents does not work; `undefined` when it does, or is not one of ours. */
export function whyNoCommand(line: string): string | undefined {
	if (/^npx vitest run /.test(line)) return whyNoTest(line);
	const [, file, ownOptions = ''] = /^node ((?:test|scripts)\/\S+)(?: (.*))?$/.exec(line) ?? [];
	if (file !== undefined && !existsSync(join(ROOT, file))) return `${line}: there is no ${file}`;
	if (file !== undefined) return unknownOption(line, file, file, ownOptions);
	const [, script, options = ''] = /^npm (?:run )?([\w:-]+)(?: -- (.*))?$/.exec(line) ?? [];
	if (script === undefined || isOfNpm(line)) return undefined;
	const command = scripts[script];
	if (command === undefined) return `${line}: there is no script ${script}`;
	const program = / ?node ([\w./-]+\.m[tj]s)$/.exec(command)?.[1];
	// The options of tools that we do not write are not looked up.
	return program === undefined ? undefined : unknownOption(line, script, program, options);
}

/** Commands of npm that are no scripts. */
function isOfNpm(line: string): boolean {
	return /^npm (audit|ci|deprecate|install|pack|publish|view)\b/.test(line);
}

function unknownOption(line: string, command: string, program: string, options: string) {
	const unknown = [...options.matchAll(/(?<=^| )--([\w-]+)/g)]
		.map(([, option = '']) => option)
		.find((option) => !takesOption(program, option));
	return unknown === undefined ? undefined : `${line}: ${command} has no option --${unknown}`;
}

/** An option stands in the program or beside it. */
function takesOption(program: string, option: string): boolean {
	const name = new RegExp(`(?:^|\\s)['"]?(?:--)?${option}['"]?(?:: \\{|[,'"])`, 'm');
	const files = [program, ...filesOf(`${dirname(program)}/**/*.mts`)];
	return files.some((file) => name.test(textOf(file)));
}

function whyNoTest(line: string): string | undefined {
	const [, project = '', path = ''] = /--project (\S+)(?: (test\/\S+))?/.exec(line) ?? [];
	if (!textOf('vitest.config.mts').includes(`name: '${project}'`)) {
		return `${line}: there is no project ${project}`;
	}
	return existsSync(join(ROOT, path)) ? undefined : `${line}: there is no ${path}`;
}

/** Names of settings by environment that a document shows. */
export function variablesIn(path: string): string[] {
	const ours = 'CXONE_N8N_DIR|EDITOR_THEME|FUZZ_CASES|RECOVERY_KILLS';
	const names = new RegExp(
		`\\b(?:(?:N8N|DB|EXECUTIONS|QUEUE)_[A-Z0-9_]+|WEBHOOK_URL|${ours})\\b`,
		'g',
	);
	return [...new Set(textOf(path).match(names))];
}

/** The settings that n8n's own configuration or ours reads. */
export function knownVariables(): string {
	const require = createRequire(createRequire(import.meta.url).resolve('n8n-core'));
	const folder = dirname(require.resolve('@n8n/config'));
	const ofN8n = globSync('**/*.js', { cwd: folder }).map((file) =>
		readFileSync(join(folder, file), 'utf8'),
	);
	const ours = filesOf('test/{fuzz,e2e,support}/**/*.mts').map(textOf);
	return [...ofN8n, ...ours].join('\n');
}
