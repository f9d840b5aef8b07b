import { describe, expect, it } from 'vitest';
import { template, templateNames, templateText } from '../../support/e2e/template.mts';
import { documents, filesOf, textOf } from '../../support/unit/documents.mts';

/** As much as shows in a field of n8n's editor, and is read at a glance. */
const MAX_EXPRESSION_CHARACTERS = 60;

describe.each(templateNames())('workflow %s', (name) => {
	const { nodes } = template(name);
	const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');

	it(`workflow ${name} says in notes what it does, what to fill in and what to change`, () => {
		const titles = notes.map((note) => note.name);
		expect(titles.sort()).toEqual(['What it does', 'What to fill in', 'What you can change']);
		for (const { parameters } of notes) expect(parameters.content.length).toBeGreaterThan(80);
	});

	it(`workflow ${name} contains no credential, no address and no instance ID`, () => {
		for (const node of nodes) {
			expect(node).not.toHaveProperty('credentials');
			expect(node).not.toHaveProperty('webhookId');
		}
		expect(template(name)).not.toHaveProperty('id');
		// The samples are of a site that nobody has.
		expect(templateText(name).replaceAll('https://help.example.com/', '')).not.toMatch(
			/https?:\/\/|localhost|127\.0\.0\.1|Bearer \w{8}|Basic \w{8}|xox[bp]-|instanceId|@\w+\.\w/,
		);
	});
});

it.each([...documents, ...filesOf('examples/workflows/*.json', 'test/support/stage/workflow.json')])(
	'no expression in %s has more than 60 characters',
	(path) => {
		const expressions = textsIn(path).flatMap((text) => text.match(/\{\{[^]*?\}\}/g) ?? []);
		// What $fromAI tells a model about its argument is prose: no builder has to understand it as code.
		const codes = expressions.map((each) => each.replaceAll(/(\$fromAI\('[^']*'), '[^']*'/g, '$1'));
		expect(codes.filter(({ length }) => length > MAX_EXPRESSION_CHARACTERS)).toEqual([]);
	},
);

/** All texts of a file; in JSON, as n8n reads them. */
function textsIn(path: string): string[] {
	if (!path.endsWith('.json')) return [textOf(path)];
	const texts: string[] = [];
	JSON.parse(textOf(path), (_key, value) => {
		if (typeof value === 'string') texts.push(value);
		return value as unknown;
	});
	return texts;
}
