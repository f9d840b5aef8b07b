import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, newestN8n } from '../support/n8n/runtime.mts';
import { filesOf, textOf } from '../support/unit/documents.mts';

/* Where to look first in a new n8n is written in the heads of nodes/CxoneExpert/n8n: the newest one has it there. */

const modules = join(cacheFolder, `n8n-${newestN8n}`, 'node_modules');
const code = globSync(['n8n/dist/**/*.js', 'n8n-core/dist/**/*.js', 'n8n-workflow/package.json'], {
	cwd: modules,
	exclude: ['n8n/dist/**/node_modules/**'],
});
const heads = filesOf('nodes/CxoneExpert/n8n/*.ts').flatMap((path) => {
	const [, look] = /Look first at: (.*?)\*\//s.exec(textOf(path)) ?? [];
	return look === undefined ? [] : [[basename(path), look] as const];
});

it.each(heads)(`%s says where in n8n ${newestN8n} to look first`, (_file, look) => {
	const [file = '', name = ''] = [...look.matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted);
	const found = code.filter((path) => [file, `${file}.js`].includes(basename(path)));
	const texts = found.map((path) => readFileSync(join(modules, path), 'utf8'));
	expect(texts.join('\n')).not.toBe('');
	expect(texts.join('\n')).toContain(name.replace('()', ''));
});
