import { expect, it } from 'vitest';
import { questions } from '../../support/probe/questions/index.mts';
import { textOf } from '../../support/unit/documents.mts';

/* `npm run probe` asks a site some of what docs/vendor-facts.md assumes. */

const facts = textOf('docs/vendor-facts.md');

it('the probe quotes each statement word for word', () => {
	const statements = Object.values(questions).map(({ statement }) => statement);
	expect(statements.filter((statement) => !facts.includes(statement))).toEqual([]);
});

it('each mark of the ancestor says how sure its statements are of today', () => {
	const marks = facts.match(/\*As the ancestor did\*.{0,12}/g) ?? [];
	const isSure = (mark: string) => /^\S+ the ancestor did\* \((high|medium|low)\)[.:]/.test(mark);
	expect(marks.filter((mark) => !isSure(mark))).toHaveLength(1);
});
