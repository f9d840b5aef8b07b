import vitest from '@vitest/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Suites: what lies in one of them is for this one alone; what several need lies in support/. */
const suites = ['unit', 'integration', 'tables', 'contract', 'e2e', 'fuzz', 'bench', 'demo'];
const otherSuites = (own) =>
	['chaos', 'storm', ...suites]
		.filter((suite) => suite !== own)
		.map((suite) => ({ regex: `^(\\.\\./)+${suite}/`, message: 'Import from test/support.' }));

/*
 * Lint of what `n8n-node lint` leaves out: the tests and what they stand on. In strict mode the
 * configuration of n8n-node must stay as it is, so this one is a file of its own.
 */
export default defineConfig(
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.mts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: {
			parserOptions: {
				project: 'test/tsconfig.json',
				tsconfigRootDir: `${import.meta.dirname}/..`,
			},
		},
		rules: {
			// What stands in for a function of n8n is async where the original is.
			'@typescript-eslint/require-await': 'off',
			// `_` in front of a parameter that only its place needs; properties left out of the rest.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			// An async listener: what it throws has to end the test, and does.
			'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
		},
	},
	{
		files: ['**/*.test.mts'],
		extends: [vitest.configs.recommended],
		rules: {
			// Helpers that assert are called so.
			'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', '**.expect*'] }],
			// The second argument is the message.
			'vitest/valid-expect': ['error', { maxArgs: 2 }],
			// Generated cases differ in what is expected of them.
			'vitest/no-conditional-expect': 'off',
			// Vitest's matchers, as `expect.any(String)`, are `any`.
			'@typescript-eslint/no-unsafe-assignment': 'off',
		},
	},
	{
		// The REST API of n8n and the services outside give JSON without types.
		files: ['e2e', 'bench', 'chaos', 'demo', 'storm', 'support/{chaos,e2e,n8n,storm}'].map(
			(folder) => `test/${folder}/**/*.mts`,
		),
		rules: {
			'@typescript-eslint/no-explicit-any': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
		},
	},
	{
		files: ['test/support/**/*.mts'],
		rules: { 'no-restricted-imports': ['error', { patterns: otherSuites('support') }] },
	},
	...suites.map((suite) => ({
		files: [`test/${suite}/**/*.mts`],
		rules: { 'no-restricted-imports': ['error', { patterns: otherSuites(suite) }] },
	})),
);
