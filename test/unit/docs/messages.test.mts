import { describe, expect, it } from 'vitest';
import { codeTexts } from '../../support/unit/code-texts.mts';
import { filesOf, textOf } from '../../support/unit/documents.mts';
import { messagesIn } from '../../support/unit/messages.mts';

const documents = filesOf('README.md', 'docs/*.md').filter(
	(path) => messagesIn(textOf(path)).length > 0,
);
const texts = codeTexts();

describe('messages in documents', () => {
	it.each(documents)('every message that %s quotes is in the code', (document) => {
		const unknown = messagesIn(textOf(document)).filter(
			(message) => !texts.some((text) => text.includes(message)),
		);
		expect(unknown, 'messages that nothing shows: was one changed?').toEqual([]);
	});

	it('quotes and columns named "message" are messages, generated tables are not looked at', () => {
		const quoted = '1. What it says:\n\n   > The "Site URL"\n   > is … wrong\n';
		const table = '| message | what to do |\n|---|---|\n| Nothing `responds` | wait |\n';
		const generated = `<!-- generated: failures -->\n${table}<!-- end -->\n`;
		expect(messagesIn(`${quoted}\n${table}\n${generated}`)).toEqual([
			'The "Site URL" is … wrong',
			'Nothing responds',
		]);
	});

	it('texts of the code have … where something is filled in', () => {
		expect(texts).toContain('Connected as …');
	});

	it('the page on troubleshooting quotes more than a dozen messages', () => {
		expect(messagesIn(textOf('docs/troubleshooting.md')).length).toBeGreaterThan(12);
	});
});
