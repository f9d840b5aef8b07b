import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { actionNode, loadNode, workflowWith } from '../support/integration/action-node.mts';
import { TRIGGER_CHOICES } from '../../nodes/CxoneExpert/event/choices.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { openScene, useScenes } from '../support/integration/scene.mts';

useScenes();

/** What the editor shows under the name of the node. */
async function subtitle(parameters: IDataObject): Promise<unknown> {
	const { host } = await openScene();
	host.row.node.parameters = parameters as typeof host.row.node.parameters;
	const workflow = host.row.toWorkflow(host.loaded.trigger, {});
	const node = workflow.getNode(host.row.node.name)!;
	const { subtitle: expression } = host.loaded.trigger.description;
	return workflow.expression.getSimpleParameterValue(node, expression, 'internal', {});
}

it.each([
	['one event', { events: ['page_create'] }, 'Page Created'],
	['a first publication', { events: ['page_published'] }, 'Page Published'],
	['two events', { events: ['page_create', 'page_move'] }, '2 Events'],
	['all events', { events: ['page_create', '*', 'page_move'] }, 'All Events'],
	['an additional event alone', additional('draft_publish, ', []), 'draft_publish'],
	['one event and additional events', additional('a,b , c', ['page_create']), '4 Events'],
	['no events', { events: [] }, ''],
	['names that are not shown', { events: [], additionalEvents: 'draft_publish' }, ''],
])('the subtitle of the trigger sums up %s', async (_case, parameters, shown) => {
	expect(await subtitle(parameters)).toBe(shown);
});

it.each([
	['page', 'getMany', 'Page: Get Many'],
	['webhook', 'checkHealth', 'Webhook: Check Health'],
	['archivedPage', 'restore', 'Archived Page: Restore'],
	['page', 'of a later version', ''],
])('the subtitle of the action node names %s, %s as its fields do', async (...chosen) => {
	const [resource, operation, shown] = chosen;
	const nodeType = await loadNode();
	const node = actionNode({ resource, operation });
	const { expression } = workflowWith(nodeType, node);
	const { subtitle: text } = nodeType.description;
	expect(expression.getSimpleParameterValue(node, text, 'internal', {})).toBe(shown);
});

/** Characters of a subtitle that the canvas shows. */
const MAX_SUBTITLE_CHARS = 45;

it('the subtitle of each event and each operation fits below its node on the canvas', async () => {
	const events = TRIGGER_CHOICES.filter(({ value }) => value !== 'other').map(({ value }) => value);
	const ofEvents = await Promise.all(events.map(async (event) => await subtitle({ events: [event] })));
	const ofOperations = resources.flatMap(({ name, operations }) =>
		operations.map((operation) => `${name}: ${operation.name}`),
	);
	const tooLong = [...ofEvents, ...ofOperations].filter((shown) => String(shown).length > MAX_SUBTITLE_CHARS);
	expect(ofEvents).not.toContain('');
	expect(tooLong).toEqual([]);
});

function additional(additionalEvents: string, events: string[]): IDataObject {
	return { events: [...events, 'other'], additionalEvents };
}
