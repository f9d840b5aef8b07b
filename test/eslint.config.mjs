import vitest from '@vitest/eslint-plugin';
import regexp from 'eslint-plugin-regexp';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/*
 * Lint of what `n8n-node lint` leaves out: the tests and what they stand on, and regular expressions of the nodes. In
 * strict mode the configuration of n8n-node must stay as it is, so this one is a file of its own.
 */
export default defineConfig(
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.mts', '**/*.mjs'],
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
			// It would take away what widens the type of a default value.
			'@typescript-eslint/no-unnecessary-type-assertion': 'off',
			// n8n rejects with objects that are no errors, too.
			'@typescript-eslint/prefer-promise-reject-errors': 'off',
			// Accessors are compared, functions of prototypes wrapped.
			'@typescript-eslint/unbound-method': 'off',
		},
	},
	{
		// n8n runs everything in one thread: an expression that takes the square of the time for a long text
		// holds up every workflow. Tests apply theirs to texts of their own.
		files: ['{nodes,credentials}/**/*.ts', 'scripts/**'],
		plugins: { regexp },
		languageOptions: { parser: tseslint.parser },
		rules: {
			'regexp/no-super-linear-backtracking': 'error',
			'regexp/no-super-linear-move': 'error',
		},
	},
	{
		// What runs in a browser, without types.
		files: ['**/*.js'],
		extends: [tseslint.configs.recommended],
		languageOptions: {
			globals: Object.fromEntries(
				[
					...['document', 'fetch', 'getComputedStyle', 'navigator'],
					...['clearTimeout', 'setInterval', 'setTimeout'],
					...['DOMParser', 'FormData', 'Node', 'URLSearchParams'],
				].map((name) => [name, 'readonly']),
			),
		},
		rules: { 'no-undef': 'error' },
	},
	{
		files: ['**/*.test.mts'],
		extends: [vitest.configs.recommended],
		rules: {
			'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', '**.expect*', 'claimed'] }],
			'vitest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['beforeAll', 'beforeEach'] }],
			// The second argument is the message.
			'vitest/valid-expect': ['error', { maxArgs: 2 }],
			// Generated cases differ in what is expected of them.
			'vitest/no-conditional-expect': 'off',
			// Vitest's matchers, as `expect.any(String)`, are `any`.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			// What an item contains is typed as any value at all.
			'@typescript-eslint/no-base-to-string': 'off',
			'@typescript-eslint/restrict-template-expressions': 'off',
		},
	},
	{
		// The REST API of n8n, its workflows and the services outside give JSON without types.
		files: [...['e2e', 'bench', 'demo', 'dev', 'unit/examples'], 'support/{chaos,e2e,n8n,stage,storm}'].map(
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
);
