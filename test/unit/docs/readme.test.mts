import { expect, it } from 'vitest';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { testedN8n } from '../../support/n8n/runtime.mts';
import { filesOf, markdownLinks, textOf, tokensOf } from '../../support/unit/documents.mts';

const readme = textOf('README.md');
const MAX_WORDS = 900;

it('README.md has at most 900 words', () => {
	expect(readme.trim().split(/\s+/).length).toBeLessThanOrEqual(MAX_WORDS);
});

it('README.md says at the beginning that the project is unofficial', () => {
	const [introduction = ''] = readme.split('\n## ');
	expect(introduction).toMatch(/unofficial: not affiliated with NiCE/i);
});

it('README.md names the n8n versions that CI tests', () => {
	for (const version of testedN8n) expect(readme).toContain(version);
});

it('README.md and CONTRIBUTING.md have the two commands from a clean clone', () => {
	for (const page of [readme, textOf('CONTRIBUTING.md')]) {
		expect(page).toContain('\nnpm ci && npm run demo ');
		expect(page).toContain('\nnpm ci && npm test ');
	}
});

it('README.md names the operations of each resource', () => {
	for (const { name, operations } of resources) {
		const names = operations.map((operation) => operation.name).join(', ');
		expect(readme).toContain(`\n- **${name}**: ${names}\n`);
	}
});

it('docs/README.md lists every page of the docs, README.md the pages for users', () => {
	const pages = filesOf('docs/*.md').filter((page) => page !== 'docs/README.md');
	const listed = markdownLinks('docs/README.md').map(({ path }) => path);
	expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
	const linked = markdownLinks('README.md').map(({ path }) => path);
	expect(linked).toContain('docs/README.md');
});

it('every picture of the docs is shown by a document', () => {
	const shown = filesOf('README.md', 'CONTRIBUTING.md', 'docs/**/*.md').flatMap(markdownLinks);
	const pictures = filesOf('docs/**/*.png');
	expect(pictures.filter((file) => !shown.some(({ path }) => path === file))).toEqual([]);
});

it('README.md has a picture for light and dark screens', () => {
	expect(readme).toMatch(/<picture>\s+<source media="\(prefers-color-scheme: dark\)" srcset="/);
});

it('every picture has a text for those who cannot see it', () => {
	const pages = filesOf('README.md', 'CONTRIBUTING.md', 'docs/**/*.md');
	const silent = pages.filter((page) =>
		tokensOf(textOf(page)).some(
			(token) =>
				(token.type === 'image' && token.text === '') ||
				(token.type === 'html' && /<img (?![^>]*alt="[^"])/.test(token.raw)),
		),
	);
	expect(silent).toEqual([]);
});
