import { type INode, type INodeTypeDescription, NodeHelpers } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpert } from '../../nodes/CxoneExpert/CxoneExpert.node.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

type Helpers = Pick<typeof NodeHelpers, 'displayParameter' | 'getNodeParameters' | 'getNodeParametersIssues'>;
type ToTool = (item: { description: INodeTypeDescription }) => {
	description: INodeTypeDescription;
};

/** Every locator that begins with the page, user or file of the incoming item. */
const prefilled = resources.flatMap(({ value: resource, operations }) =>
	operations.flatMap(({ value: operation, fields }) =>
		fields
			.filter(({ type, default: first }) => {
				return type === 'resourceLocator' && JSON.stringify(first).includes('$json');
			})
			.map(({ name }) => ({ resource, operation, name })),
	),
);

/**
 * The fields of the node begin with what an event names. As a tool the node has no incoming item: n8n
 * shows a field with `@tool` in its conditions there only.
 */
describe.each(versions)('the action node as a tool in n8n %s', (version) => {
	const { NodeHelpers: helpers } = n8nCode(version).package<{ NodeHelpers: Helpers }>('n8n-workflow');
	const { convertNodeToAiTool: toTool } = n8nCode(version).module<{ convertNodeToAiTool: ToTool }>(
		'tool-generation/ai-tools',
	);
	const node = new CxoneExpert().description;
	const tool = toTool({ description: structuredClone(node) }).description;

	/** What n8n puts into a new node, and the fields that it marks in red. */
	function newNode(description: INodeTypeDescription, resource?: string, operation?: string) {
		const placed = { typeVersion: 1, type: description.name, parameters: {} } as INode;
		const { properties } = description;
		const chosen = { ...(resource && { resource }), ...(operation && { operation }) };
		const parameters = helpers.getNodeParameters(...([properties, chosen, true, false, placed, description] as const))!;
		const marked = helpers.getNodeParametersIssues(...([properties, { ...placed, parameters }, description] as const));
		return { parameters, marked: Object.keys(marked?.parameters ?? {}) };
	}

	it(`n8n ${version} begins a tool with nothing chosen, and marks the field`, () => {
		expect(prefilled.length).toBeGreaterThan(20);
		for (const { resource, operation, name } of prefilled) {
			const { parameters, marked } = newNode(tool, resource, operation);
			const title = `${resource}.${operation}`;
			expect(parameters[name], title).toEqual({ __rl: true, mode: 'list', value: '' });
			expect(marked, title).toContain(name);
		}
	});

	it(`n8n ${version} begins a tool with the text of a page, and an ordinary node with its data`, () => {
		const chosen = { resource: 'page', operation: 'getContents' };
		expect(newNode(tool).parameters).toMatchObject(chosen);
		expect(newNode(tool, 'draft').parameters).toMatchObject({ operation: 'getContents' });
		expect(newNode(tool, 'user').parameters).toMatchObject({ operation: 'get' });
		expect(newNode(node).parameters).toMatchObject({ ...chosen, operation: 'get' });
	});

	it.each(['page.getContents', 'page.createOrUpdate', 'draft.getContents', 'draft.createOrUpdate'])(
		`n8n ${version} begins %s with Markdown in a tool, and with HTML in an ordinary node`,
		(title) => {
			const [resource = '', operation = ''] = title.split('.');
			expect(newNode(tool, resource, operation).parameters.format).toBe('markdown');
			expect(newNode(node, resource, operation).parameters.format).toBe('html');
		},
	);

	it(`n8n ${version} begins an ordinary node with what the incoming item names`, () => {
		for (const { resource, operation, name } of prefilled) {
			const { parameters, marked } = newNode(node, resource, operation);
			const title = `${resource}.${operation}`;
			expect(parameters[name], title).toMatchObject({
				mode: 'id',
				value: expect.stringMatching(/^=\{\{ \$json\.(\w+\.id|page\?\.id \?\? \$json\.id) \}\}$/),
			});
			expect(marked, title).not.toContain(name);
		}
	});

	it.each(['page.delete', 'draft.deactivate'])(
		`n8n ${version} begins %s with no page and marks the field, also after another operation`,
		(title) => {
			const [resource = '', operation = ''] = title.split('.');
			const placed = { typeVersion: 1, type: node.name, parameters: {} } as INode;
			const { parameters: before } = newNode(node, resource, 'get');
			expect(before.page).toMatchObject({ mode: 'id' });
			// As the editor does when another operation is chosen: it keeps what is no default.
			const kept = helpers.getNodeParameters(...([node.properties, before, false, false, placed, node] as const))!;
			expect(kept).not.toHaveProperty('page');
			const { parameters, marked } = newNode(node, resource, operation);
			expect(parameters.page).toEqual({ __rl: true, mode: 'list', value: '' });
			expect(marked).toContain('page');
		},
	);

	it(`n8n ${version} asks for the page of a file only where the file comes from a list`, () => {
		const shown = (description: INodeTypeDescription) => {
			const { parameters } = newNode(description, 'file', 'get');
			const placed = { typeVersion: 1, type: description.name, parameters } as INode;
			return description.properties
				.filter((each) => helpers.displayParameter(parameters, each, placed, description))
				.map(({ name }) => name);
		};
		expect(shown(tool)).toContain('page');
		expect(shown(node)).not.toContain('page');
	});
});
