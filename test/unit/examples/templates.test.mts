import { describe, expect, it } from 'vitest';
import { template, templateNames, templateText } from '../../support/e2e/template.mts';

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
