import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { composeFile } from '../support/compose.mts';
import { cacheFolder, newestN8n } from '../support/n8n/runtime.mts';

/** n8n ignores a setting that it does not know, so nobody would notice one that is misspelt. */
describe(`settings of examples/deploy/compose.yaml in n8n ${newestN8n}`, () => {
	const { main, worker } = composeFile().services;
	const known = settingsOf(join(cacheFolder, `n8n-${newestN8n}`, 'node_modules'));

	it('compose.yaml starts the n8n that is tested', () => {
		expect(main!.image).toBe(`n8nio/n8n:${newestN8n}`);
	});

	it.each(Object.keys({ ...main!.environment, ...worker!.environment }))('n8n reads the setting %s', (name) => {
		expect(known).toContain(name);
	});

	it('a setting that n8n does not have is noticed', () => {
		expect(known).not.toContain('N8N_EXECUTIONS_QUEUE_RECOVERY');
		expect(known.size).toBeGreaterThan(300);
	});
});

/** Environment variables that n8n takes settings from. */
function settingsOf(modules: string): Set<string> {
	const files = globSync(['@n8n/config/dist/**/*.js', 'n8n-core/dist/**/*.js', 'n8n/dist/**/*.js'], {
		cwd: modules,
		exclude: ['n8n/dist/**/node_modules/**'],
	});
	const declared = /\bEnv\)\('(\w+)'|process\.env\.([A-Z]\w+)/g;
	const names = files.flatMap((file) =>
		[...readFileSync(join(modules, file), 'utf8').matchAll(declared)].map(([, config, direct]) => (config ?? direct)!),
	);
	return new Set(names);
}
