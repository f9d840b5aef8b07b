import type { Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { textOf, tokensOf } from '../../support/unit/documents.mts';
import { samples, withoutGeneratedParts } from '../../support/unit/generated-docs.mts';

const tables = tokensOf(withoutGeneratedParts(textOf('docs/events.md'))).filter(
	({ type }) => type === 'table',
) as Tokens.Table[];

/** The fields that the table with this first column names. */
function documented(column: string): string[] {
	const table = tables.find(({ header }) => header[0]?.text === column);
	return (table?.rows ?? []).flatMap(([cell]) =>
		[...(cell?.text ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
	);
}

function fieldsOf(items: unknown[]): string[] {
	return [...new Set(items.flatMap((item) => Object.keys(item as object)))].sort();
}

describe('docs/events.md', () => {
	const items = Object.values(samples());

	it('the table of the item names the fields that samples have, and those of odd deliveries', () => {
		const seldom = ['rawXml', 'recovered', 'redelivered', 'unreadable'];
		expect(documented('field').sort()).toEqual([...fieldsOf(items), ...seldom].sort());
	});

	it('the table of the page names the fields that samples have, and those of odd responses', () => {
		const pages = items.flatMap(({ page }) => (page === undefined ? [] : [page]));
		expect(documented('field of `page`').sort()).toEqual([...fieldsOf(pages), 'details'].sort());
	});
});
