import { describe, expect, it } from 'vitest';
import {
	codeLinesIn,
	knownVariables,
	scripts,
	variablesIn,
	whyNoCommand,
} from '../../support/unit/commands.mts';
import { documents, textOf } from '../../support/unit/documents.mts';

describe('commands in documents', () => {
	it.each(documents)('every command in %s exists, with its options and files', (document) => {
		expect(codeLinesIn(document).map(whyNoCommand).filter(Boolean)).toEqual([]);
	});

	it.each([
		['npm run no-such-script', 'there is no script no-such-script'],
		['npm run demo -- --no-such-option', 'demo has no option --no-such-option'],
		['node test/nothing.mts', 'there is no test/nothing.mts'],
		[
			'node test/storm/main.mts --no-such-option',
			'test/storm/main.mts has no option --no-such-option',
		],
		['npx vitest run --project none test/unit/docs', 'there is no project none'],
		['npx vitest run --project unit test/nothing.mts', 'there is no test/nothing.mts'],
	])('%s is reported', (line, why) => {
		expect(whyNoCommand(line)).toBe(`${line}: ${why}`);
	});

	it('a command that exists is not reported', () => {
		expect(whyNoCommand('node test/storm/main.mts --restart --code')).toBeUndefined();
		expect(whyNoCommand('npm test')).toBeUndefined();
		expect(codeLinesIn('README.md')).toContain('npm run demo');
	});

	it('CONTRIBUTING names every npm script, and how long it takes', () => {
		const rows = textOf('CONTRIBUTING.md').match(/^\| `npm .* \| \S.* \|$/gm) ?? [];
		const commands = rows.map((row) => row.split('|')[1]?.trim());
		const unnamed = Object.keys(scripts).filter(
			(name) => !commands.includes(name === 'test' ? '`npm test`' : `\`npm run ${name}\``),
		);
		expect(unnamed).toEqual([]);
	});
});

describe('settings in documents', () => {
	const known = knownVariables();
	/** Of a part of n8n that is not installed here. */
	const elsewhere = ['N8N_REINSTALL_MISSING_PACKAGES'];

	it.each(documents)(
		'every environment variable in %s is one of n8n or of the tests',
		(document) => {
			const isKnown = (name: string) => new RegExp(`\\b${name}\\b`).test(known);
			const unknown = variablesIn(document).filter((name) => !isKnown(name));
			expect(unknown.filter((name) => !elsewhere.includes(name))).toEqual([]);
		},
	);

	it('variables are found where they are', () => {
		expect(variablesIn('docs/sizing.md')).toContain('N8N_EXPRESSION_ENGINE');
		expect(variablesIn('README.md')).toContain('WEBHOOK_URL');
		expect(known).not.toContain('N8N_NO_SUCH_SETTING');
	});
});
