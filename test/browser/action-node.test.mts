import { expect, it } from 'vitest';
import { PAGE, actionNode, inARow, manualStart, triggerNode } from '../support/browser/workflows.mts';
import type { NodeView } from '../support/browser/node-view.mts';
import { describeInBrowser } from '../support/browser/stage.mts';

const GET = 'Get the page';

describeInBrowser('the action node in the editor', (suite) => {
	let view: NodeView;

	it('the advice of an error shows the tags that it names', async () => {
		const { stage, editor } = suite;
		const page = { __rl: true, mode: 'path', value: 'Guides/New' };
		const values = { resource: 'page', operation: 'createOrUpdate', page, contents: ' ' };
		const id = await stage.workflow('Empty contents', {
			...inARow(manualStart(), actionNode(GET, stage.scene.credential, values)),
		});
		await editor.openWorkflow(id);
		view = await editor.openNode(GET);
		await view.execute();
		await expect.poll(async () => await view.output.innerText()).toContain('enter <p></p>.');
		await view.close();
	});

	it('a new page gets its parent from the list, and its path from its title', async () => {
		const { stage, editor } = suite;
		const values = {
			resource: 'page',
			operation: 'createOrUpdate',
			title: 'Fold the phone',
			contents: '<p>Fold it.</p>',
		};
		const id = await stage.workflow('New page', inARow(manualStart(), actionNode(GET, stage.scene.credential, values)));
		await editor.openWorkflow(id);
		view = await editor.openNode(GET);
		await view.choose('saveTo', 'New Page Below a Parent');
		await view.searchList('parent', 'reset');
		await view.listItems.filter({ hasText: 'Reset the phone' }).click();
		await view.execute();
		await view.hasOutput();
		await expect.poll(async () => await view.output.innerText()).toContain('Category_1/Guide_1/Reset/Fold_the_phone');
		await view.close();
	});

	it('behind the trigger, Page is there without a click', async () => {
		const { stage, editor } = suite;
		const { credential } = stage.scene;
		const id = await stage.workflow('Behind the trigger', {
			...inARow(triggerNode('Page created', credential, { events: ['page_create'] }), actionNode(GET, credential, {})),
			pinData: { 'Page created': [{ json: { page: { id: '5', title: 'Reset the phone' } } }] },
		});
		await editor.openWorkflow(id);
		view = await editor.openNode(GET);
		await expect.poll(async () => await view.field(PAGE).innerText()).toContain('{{ $json.page?.id ?? $json.id }}');
		await expect.poll(async () => await editor.markedNodes()).toEqual([]);
	});

	it('the list of pages is searched by title and path, and the page is read', async () => {
		await view.fix(PAGE);
		await view.chooseMode(PAGE, 'From list');
		await view.searchList(PAGE, 'reset');
		const item = view.listItems.filter({ hasText: 'Reset the phone' });
		await item.waitFor();
		await expect.poll(async () => await item.innerText()).toContain('Category_1/Guide_1/Reset');
		await item.click();
		await view.execute();
		await view.hasOutput();
		await expect.poll(async () => await view.output.innerText()).toContain('Hold both buttons.');
	});
});
