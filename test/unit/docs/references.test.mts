import { describe, expect, it } from 'vitest';
import {
	anchors,
	documentReferences,
	documents,
	filesOf,
	markdownLinks,
	shownPaths,
	textOf,
	whyBroken,
} from '../../support/unit/documents.mts';
import { fastTest, vendorGuess } from '../../support/simulator/settings.mts';

const sources = filesOf(
	'{nodes,credentials}/**/*.{ts,json}',
	'{test,scripts}/**/*.{mts,mjs,ts}',
	'*.{mjs,mts}',
	'.github/**/*.{yml,md}',
);

describe('links in documents', () => {
	it.each(documents)('every relative link in %s leads to a file and a heading', (document) => {
		expect(markdownLinks(document).map(whyBroken).filter(Boolean)).toEqual([]);
	});

	it.each(documents)('every path that %s shows exists', (document) => {
		expect(shownPaths(document).map(whyBroken).filter(Boolean)).toEqual([]);
	});

	it('links and paths are found where they are', () => {
		expect(shownPaths('CONTRIBUTING.md').map(({ path }) => path)).toContain('scripts/bundle.mjs');
		expect(markdownLinks('README.md').map(({ path }) => path)).toContain('docs/security.md');
		expect(markdownLinks('docs/credential.md').map(({ path }) => path)).toContain(
			'docs/images/credential.png',
		);
	});

	it('a missing file is reported', () => {
		const reason = whyBroken({ text: 'the text', path: 'no-such-file.md' });
		expect(reason).toBe('the text: there is no no-such-file.md');
	});

	it('a missing heading is reported', () => {
		const reason = whyBroken({ text: 'the text', path: 'README.md', anchor: 'no-such-heading' });
		expect(reason).toBe('the text: README.md has no heading #no-such-heading');
	});
});

describe('references in code', () => {
	it('every named document and heading exists', () => {
		const broken = sources.flatMap((source) =>
			documentReferences(source)
				.map(whyBroken)
				.flatMap((reason) => (reason === undefined ? [] : `${source}: ${reason}`)),
		);
		expect(broken).toEqual([]);
	});

	it('the vendor facts are named', () => {
		const pages = sources.flatMap(documentReferences).map(({ path }) => path);
		expect(pages.filter((path) => path === 'docs/vendor-facts.md').length).toBeGreaterThan(100);
	});

	it('no comment names a section of a document outside of the repository', () => {
		const numbered = /\u00a7|\b[UFG]-\d\d\b/;
		const found = sources.filter((source) => numbered.test(textOf(source)));
		expect(found).toEqual([]);
	});
});

describe('anchors of headings', () => {
	it.each([
		['# The credential, field by field', 'the-credential-field-by-field'],
		['### Deliveries are refused (401, 400)', 'deliveries-are-refused-401-400'],
		['## `npm run bench`: [how](many.md)', 'npm-run-bench-how'],
		['## A – B', 'a--b'],
	])('the heading %s has the anchor #%s', (heading, anchor) => {
		expect([...anchors(heading)]).toEqual([anchor]);
	});

	it('a repeated heading gets a number', () => {
		expect([...anchors('# Same\n\n## Same\n')]).toEqual(['same', 'same-1']);
	});

	it('a comment in a code block is no heading', () => {
		expect([...anchors('# One\n\n```sh\n# Two\n```\n')]).toEqual(['one']);
	});
});

describe('docs/vendor-facts.md', () => {
	const facts = textOf('docs/vendor-facts.md');
	const named = [
		...facts.matchAll(/^\*\*Simulator\*\*.*$/gm),
		...facts.matchAll(/\|[^|\n]*\|$/gm),
	].flatMap(([line]) => [...line.matchAll(/`([a-z]+[A-Z]\w+)`/g)].map(([, name = '']) => name));

	it('docs/vendor-facts.md names only settings that the simulator has', () => {
		expect(named.filter((name) => !(name in vendorGuess))).toEqual([]);
	});

	it('docs/vendor-facts.md says which assumption each setting of the simulator decides', () => {
		const local = ['port', 'publicUrl', 'localAddresses', 'acceptSelfSigned'];
		const settings = Object.keys({ ...vendorGuess, ...fastTest });
		const unnamed = settings.filter((name) => !facts.includes(`\`${name}\``));
		expect(unnamed.sort()).toEqual(local.sort());
	});
});

describe('docs/decisions', () => {
	it('the index lists each record', () => {
		const records = filesOf('docs/decisions/[0-9]*.md');
		const listed = markdownLinks('docs/decisions/README.md').map(({ path }) => path);
		expect(listed).toEqual(records);
	});

	it.each(filesOf('docs/decisions/[0-9]*.md'))(
		'%s has a date, context, choice, alternatives and consequence',
		(record) => {
			const text = textOf(record);
			expect(text).toMatch(/^# \d+\. .+\n\n\d{4}-\d\d-\d\d/);
			const parts = [...text.matchAll(/^\*\*(\w+)\*\*|^\*\*(\w+)\.\*\*/gm)].map(
				([, first, second]) => first ?? second,
			);
			expect(parts).toEqual(['Context', 'Choice', 'Alternatives', 'Consequence']);
		},
	);
});
