import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { template, templateNames } from '../../support/e2e/template.mts';
import { filesOf, textOf } from '../../support/unit/documents.mts';
import {
	NAMES_OF_EXPERT,
	NAMES_OF_N8N,
	NAMES_OF_OTHERS,
	namesIn,
	namesOfNodes,
} from '../../support/unit/names.mts';

/**
 * Not records of decisions, which name what was there on their day, and not the vendor's facts and the
 * measurements, where titles and columns stand in italics.
 */
const documents = filesOf('*.md', 'docs/*.md', 'examples/**/*.md').filter(
	(path) => path !== 'docs/vendor-facts.md',
);
const ofNodes = namesOfNodes();
const ofOthers = [...NAMES_OF_N8N, ...NAMES_OF_EXPERT, ...NAMES_OF_OTHERS];
const known = new Set([...ofNodes, ...ofOthers]);

/** Also a way to it, such as "Page > Get". */
const isOnScreen = (name: string) =>
	known.has(name) || name.split(' > ').every((part) => known.has(part));

function notesOf(workflow: string): string[] {
	const notes = template(workflow).nodes.filter(({ type }) => type.endsWith('.stickyNote'));
	return notes.map((note) => String((note.parameters as IDataObject).content));
}

describe('names in documents', () => {
	it.each(documents)('every name in italics in %s is on a screen', (document) => {
		const unknown = namesIn(textOf(document)).filter((name) => !isOnScreen(name));
		expect(unknown, 'names of no field, choice, event or operation: was one renamed?').toEqual([]);
	});

	it.each(templateNames())('every name in italics in the notes of %s is on a screen', (name) => {
		const ofWorkflow = template(name).nodes.map((node) => node.name);
		const named = notesOf(name).flatMap(namesIn);
		const unknown = named.filter((each) => !isOnScreen(each) && !ofWorkflow.includes(each));
		expect(unknown).toEqual([]);
	});

	it('every name of n8n, Expert and others that may stand in documents does', () => {
		const texts = [...documents.map(textOf), ...templateNames().flatMap(notesOf)];
		const used = new Set(texts.flatMap(namesIn).flatMap((name) => [name, ...name.split(' > ')]));
		expect(ofOthers.filter((name) => !used.has(name))).toEqual([]);
	});

	it('labels are known with and without their unit, choices and operations also as pairs', () => {
		for (const name of ['Max Delivery Age', 'Max Delivery Age (Seconds)', 'CXone Expert Trigger']) {
			expect(ofNodes).toContain(name);
		}
		expect(ofNodes).toContain('Deliveries per Execution: Several When Busy');
		expect(ofNodes).toContain('Webhook: Check Health');
		expect(ofNodes).not.toContain('Webhook: Several When Busy');
	});

	it('names are found in tables, lists and bold text', () => {
		expect(namesIn(textOf('docs/troubleshooting.md'))).toContain('Webhook: Check Health');
		expect(namesIn(textOf('docs/reliability.md'))).toContain('When Saved');
	});
});
