import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
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
	['one event', { events: ['page_create'] }, 'page_create'],
	['two events', { events: ['page_create', 'page_move'] }, 'page_create, page_move'],
	['four events', { events: ['page_create', 'page_move', 'page_copy', 'page_delete'] }, '4 events'],
	['all events', { events: ['page_create', '*', 'page_move'] }, 'all events'],
	['an additional event alone', { events: [], ...additional('draft_publish, ') }, 'draft_publish'],
	[
		'one event and additional events',
		{ events: ['page_create'], ...additional('a,b , c') },
		'4 events',
	],
	['no events', { events: [] }, ''],
])('the subtitle of the trigger sums up %s', async (_case, parameters, shown) => {
	expect(await subtitle(parameters)).toBe(shown);
});

function additional(additionalEvents: string): IDataObject {
	return { additionalOptions: { additionalEvents } };
}
