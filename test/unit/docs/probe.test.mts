import GithubSlugger from 'github-slugger';
import { describe, expect, it } from 'vitest';
import { assumptions, judges } from '../../support/probe/assumptions/index.mts';
import { textOf } from '../../support/unit/documents.mts';

/* `npm run probe` judges what docs/vendor-facts.md assumes, statement by statement. */

const sections = sectionsOf(textOf('docs/vendor-facts.md'));

describe('docs/vendor-facts.md and the probe', () => {
	it('the probe judges each assumed statement, or says why it cannot', () => {
		const judged = assumptions.map(({ heading, statement }) => `${heading}: ${statement}`);
		const assumed = [...sections].flatMap(([heading, text]) =>
			assumedIn(text).map((statement) => `${heading}: ${statement}`),
		);
		expect(assumed.length).toBeGreaterThan(60);
		expect(assumed.filter((statement) => !judged.includes(statement))).toEqual([]);
	});

	it('the probe quotes each statement word for word', () => {
		const isQuoted = ({ heading, statement }: { heading: string; statement: string }) =>
			sections.get(heading)?.includes(statement);
		expect(assumptions.filter((assumption) => !isQuoted(assumption))).toEqual([]);
	});

	it('each judge has one statement, under a name of its own', () => {
		const names = assumptions.map(({ name }) => name);
		expect(names.toSorted()).toEqual(Object.keys(judges).toSorted());
	});

	it.each([
		['**Known.** A. **Assumed.** One thing. Another; and `.` and `:`. *Reported*: C.', 2],
		['**Assumed** by one. Two.', 2],
		['- `a`: x (assumed)\n- `b`: y', 1],
		['**Known** (spec). Nothing is open.', 0],
	])('the statements of %j are counted', (text, count) => {
		expect(assumedIn(text)).toHaveLength(count);
	});
});

/** The text below each heading, by its anchor, with links as their words. */
function sectionsOf(markdown: string): Map<string, string> {
	const slugger = new GithubSlugger();
	const [, ...parts] = markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').split(/^#{2,3} (?=.*$)/m);
	return new Map(
		parts.map((part) => {
			const [heading = '', ...lines] = part.split('\n');
			return [slugger.slug(heading), lines.join('\n')];
		}),
	);
}

/** What is assumed until a paragraph ends or says otherwise, sentence by sentence; and what says so in brackets. */
function assumedIn(text: string): string[] {
	return text.split(/\n\n|\n(?=- )/).flatMap((block) => {
		const parts = block.split(/(?=\*\*(?:Known|Assumed)\b)|(?=\*Reported\*)/);
		const assumed = parts.flatMap((part) => /^\*\*Assumed\b[^*]*\*\*([^]*)/.exec(part)?.[1] ?? []);
		return [
			...assumed.flatMap(sentencesIn),
			...sentencesIn(block).filter((sentence) => sentence.includes('(assumed)')),
		];
	});
}

function sentencesIn(text: string): string[] {
	return text
		.replace(/^- /, '')
		.split(/(?<=\.)\s+/)
		.map((sentence) => sentence.trim())
		.filter((sentence) => /\w/.test(sentence));
}
