import { describe, expect, it } from 'vitest';
import { template, templateNames, templateText } from '../../support/e2e/template.mts';

describe.each(templateNames())('workflow %s', (name) => {
	const { nodes, connections } = template(name);
	const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
	const others = nodes.filter((node) => !notes.includes(node));

	it(`workflow ${name} says in notes what it does, what to fill in and what to change`, () => {
		const titles = notes.map((note) => note.name);
		expect(titles.sort()).toEqual(['What it does', 'What to fill in', 'What you can change']);
		for (const { parameters } of notes) expect(parameters.content.length).toBeGreaterThan(80);
	});

	it(`workflow ${name} names in its notes each node with a field to fill in`, () => {
		const fillIn = notes.find((note) => note.name === 'What to fill in')!.parameters.content;
		const asking =
			/\.(cxoneExpert\w*|slack|microsoftTeams|jira\w*|emailSend|postgres|lmChat\w+|mcpTrigger|embeddings\w+|vectorStore\w+|executeWorkflow|webhook)$/;
		for (const node of others.filter(({ type }) => asking.test(type))) {
			expect(fillIn).toContain(`**${node.name}**`);
		}
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

	it(`workflow ${name} leaves channel, project, recipient and workflow empty`, () => {
		const locators = others.flatMap(({ parameters }) => Object.entries<any>(parameters));
		const open = [
			...['teamId', 'channelId', 'project', 'issueType', 'workflowId'],
			...['fromEmail', 'toEmail'],
		];
		for (const [field, value] of locators.filter(([field]) => open.includes(field))) {
			// A workflow may call itself: its own ID is not known before.
			const open = (value?.value ?? value).replace(/^={{ \$workflow\.id }}$/, '');
			expect([field, open]).toEqual([field, '']);
		}
	});

	it(`workflow ${name} connects every node, and only nodes that exist`, () => {
		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
		const outputs = Object.values<any>(connections).flatMap((kinds) => Object.values<any>(kinds));
		const links = outputs.flat(2).map(({ node }) => node);
		for (const node of [...Object.keys(connections), ...links]) expect(names).toContain(node);
		const begins = others.filter(({ type }) => /(trigger|\.webhook)$/i.test(type));
		expect(begins.length).toBeGreaterThan(0);
		for (const node of others) {
			// A model, or a way to read documents, is a part of another step.
			const isPart = Object.keys(connections[node.name] ?? {}).some((kind) => kind !== 'main');
			expect([node.name, isPart || begins.includes(node) || links.includes(node.name)]).toEqual([
				node.name,
				true,
			]);
		}
	});
});
