import GithubSlugger from 'github-slugger';
import { describe, expect, it } from 'vitest';
import { assumptions, judges } from '../../support/probe/assumptions/index.mts';
import { textOf } from '../../support/unit/documents.mts';

/* `npm run probe` judges what docs/vendor-facts.md assumes or has of the ancestor, statement by statement. */

const sections = sectionsOf(textOf('docs/vendor-facts.md'));

describe('docs/vendor-facts.md and the probe', () => {
	const judged = assumptions.map(({ heading, statement }) => `${heading}: ${statement}`);
	const statementsBy = (statementsIn: (text: string) => string[]) =>
		[...sections].flatMap(([heading, text]) =>
			statementsIn(text).map((statement) => `${heading}: ${statement}`),
		);

	it('the probe judges each assumed statement, or says why it cannot', () => {
		const assumed = statementsBy(assumedIn);
		expect(assumed.length).toBeGreaterThan(60);
		expect(assumed.filter((statement) => !judged.includes(statement))).toEqual([]);
	});

	it('the probe judges each statement of the ancestor, or says why it cannot', () => {
		const ofAncestor = statementsBy(ofAncestorIn);
		expect(ofAncestor.length).toBeGreaterThan(25);
		expect(ofAncestor.filter((statement) => !judged.includes(statement))).toEqual([]);
	});

	it('each mark of the ancestor says how sure its statements are of today', () => {
		const marks = [...sections].flatMap(
			([, text]) => text.match(/\*As the ancestor did\*.{0,12}/g) ?? [],
		);
		expect(
			marks.filter((mark) => !/^\S+ the ancestor did\* \((high|medium|low)\)[.:]/.test(mark)),
		).toEqual([]);
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

	it.each([
		['**Known.** A. *As the ancestor did* (high): one. Two; three. **Assumed.** B.', 2],
		['*As the ancestor did* (high): one. *As the ancestor did* (low): two.', 2],
		['**Known.** A. *Reported*: B. **Assumed.** C.', 0],
	])('the statements of the ancestor in %j are counted', (text, count) => {
		expect(ofAncestorIn(text)).toHaveLength(count);
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
	return blocksIn(text).flatMap((block) => [
		...markedIn(block, /^\*\*Assumed\b[^*]*\*\*([^]*)/),
		...sentencesIn(block).filter((sentence) => sentence.includes('(assumed)')),
	]);
}

/** What the ancestor did, likewise. */
function ofAncestorIn(text: string): string[] {
	return blocksIn(text).flatMap((block) =>
		markedIn(block, /^\*As the ancestor did\* \(\w+\)[.:]([^]*)/),
	);
}

function blocksIn(text: string): string[] {
	return text.split(/\n\n|\n(?=- )/);
}

/** Sentences behind a mark, until the next one. */
function markedIn(block: string, mark: RegExp): string[] {
	return block
		.split(/(?=\*\*(?:Known|Assumed)\b)|(?=\*(?:Reported|As the ancestor did)\*)/)
		.flatMap((part) => mark.exec(part)?.[1] ?? [])
		.flatMap(sentencesIn);
}

function sentencesIn(text: string): string[] {
	return text
		.replace(/^- /, '')
		.split(/(?<=\.)\s+/)
		.map((sentence) => sentence.trim())
		.filter((sentence) => /\w/.test(sentence));
}
