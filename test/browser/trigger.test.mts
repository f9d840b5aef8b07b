import { expect, it } from 'vitest';
import { EVENTS, PAGE, PAGE_CREATED, inARow, slackNode, triggerNode } from '../support/browser/workflows.mts';
import { isWhollyVisible } from '../support/browser/editor.mts';
import type { NodeView } from '../support/browser/node-view.mts';
import { describeInBrowser, type Suite } from '../support/browser/stage.mts';
import type { Credential } from '../support/n8n/client.mts';
import { waitFor } from '../support/wait.mts';

const CREATED = 'Page created';

/** Opens the trigger of a new workflow and has it listen for a test event. */
async function listen({ stage, editor }: Suite, credential: Credential): Promise<NodeView> {
	const trigger = triggerNode(CREATED, credential, { events: ['page_create'] });
	const id = await stage.workflow('Test event', inARow(trigger));
	await editor.openWorkflow(id);
	const view = await editor.openNode(CREATED);
	await stage.noTestIsLeft();
	await view.listen();
	return view;
}

describeInBrowser('the trigger in the editor', (suite) => {
	let view: NodeView;

	it('Trigger On shows the red mark and keeps the step from running while it is empty', async () => {
		const { stage, editor } = suite;
		const trigger = triggerNode(CREATED, stage.scene.credential, { events: [] });
		await editor.openWorkflow(await stage.workflow('Events', inARow(trigger)));
		await expect.poll(async () => await editor.markedNodes()).toEqual([CREATED]);
		view = await editor.openNode(CREATED);
		await view.mark(EVENTS).waitFor();
		await expect.poll(async () => await view.byTestId('node-execute-button').isDisabled()).toBe(true);
	});

	it('chosen events take the red mark away, and the canvas counts them', async () => {
		await view.choose(EVENTS, PAGE_CREATED, 'Page Deleted');
		await view.mark(EVENTS).waitFor({ state: 'hidden' });
		await view.close();
		await expect.poll(async () => await suite.editor.node(CREATED).innerText()).toContain('2 Events');
		await expect.poll(async () => await suite.editor.markedNodes()).toEqual([]);
	});

	it('the panel shows before publishing what is well and what to do, and stores nothing of it in the workflow', async () => {
		const { stage, editor } = suite;
		const reader = await stage.credential('Reader', { longTermToken: stage.scene.site.editorJwt });
		const trigger = triggerNode(CREATED, reader, { events: [] });
		const id = await stage.workflow('Before publishing', inARow(trigger));
		await editor.openWorkflow(id);
		view = await editor.openNode(CREATED);
		const checks = view.byTestId('empty-fields-notice');
		for (const line of [
			'✓ Token: connected as editor',
			'✗ The user of the token, "editor", does not have the Admin role.',
			'✓ Address: https://n8n.example.com/webhook/',
			'? Signing secret: the first delivery tells whether it is right.',
		]) {
			await expect.poll(async () => await checks.innerText()).toContain(line);
		}
		await expect.poll(async () => await isWhollyVisible(checks)).toBe(true);
		await view.choose(EVENTS, 'Page Deleted');
		const stored = async (): Promise<unknown> => (await stage.scene.client.workflow(id)).nodes[0]!.parameters;
		await expect.poll(stored).toMatchObject({ events: ['page_delete'] });
		expect(await stored()).not.toHaveProperty('beforePublish');
		await view.close();
	});

	it('a page and a user of the filters are chosen from lists', async () => {
		const { stage, editor } = suite;
		const trigger = triggerNode(CREATED, stage.scene.credential, { events: ['page_create'] });
		const id = await stage.workflow('Filters', inARow(trigger));
		await editor.openWorkflow(id);
		view = await editor.openNode(CREATED);
		await view.openParameters();
		await view.addFilter('Page Paths', 'Add Page');
		await view.searchList(PAGE, 'reset');
		await view.listItems.filter({ hasText: 'Reset the phone (Category_1/Guide_1/Reset)' }).click();
		await view.addFilter('Exclude Users', 'Add User');
		await view.searchList('user', 'edda');
		await view.listItems.filter({ hasText: 'Edda Editor (editor)' }).click();
		await view.close();
		await editor.save();
		const filters = {
			pathPrefixes: { rows: [{ page: { mode: 'list', value: 'Category_1/Guide_1/Reset' } }] },
			excludeUsers: { rows: [{ user: { mode: 'list', value: '4', cachedResultName: 'Edda Editor (editor)' } }] },
		};
		await expect
			.poll(async () => (await stage.scene.client.workflow(id)).nodes)
			.toMatchObject([{ parameters: { filters } }]);
	});

	it('filters that a workflow file has as plain texts open without a red mark, and filter once published', async () => {
		const { stage, editor } = suite;
		const { client, site } = stage.scene;
		const filters = { pathPrefixes: ['Old', 'Category_1'], excludeUsers: 'editor, 3' };
		const trigger = triggerNode(CREATED, stage.scene.credential, { events: ['page_create'], filters });
		const id = await stage.workflow('Plain filters', inARow(trigger));
		await editor.openWorkflow(id);
		view = await editor.openNode(CREATED);
		await view.openParameters();
		await view.root.getByText('Page Paths', { exact: true }).waitFor();
		await view.close();
		expect(await editor.markedNodes()).toEqual([]);
		await client.activate(id);
		site.site.createPage('Other/Page');
		site.site.createPage('Category_1/By_the_editor', { by: 'editor' });
		site.site.createPage('Category_1/By_the_admin', { by: 'admin' });
		await client.waitForExecutions(id, 1);
		await site.idle();
		expect(await client.executions(id)).toHaveLength(1);
		await client.deactivate(id);
	});

	it('an event arrives while a step is executed, and its item names its page', async () => {
		const { stage } = suite;
		view = await listen(suite, stage.scene.credential);
		stage.scene.site.site.createPage('Guides/Test_event', { title: 'A page for the test' });
		await view.hasOutput();
		await view.showSchema();
		for (const text of ['page_create', 'Guides/Test_event', 'A page for the test', 'tags']) {
			await expect.poll(async () => await view.output.innerText()).toContain(text);
		}
	});

	it('a delivery that is refused while a step is executed is shown with what to do', async () => {
		const { stage } = suite;
		const credential = await stage.credential('Mistyped', { signingSecret: 'not the secret' });
		view = await listen(suite, credential);
		stage.scene.site.site.createPage('Guides/Refused_event');
		await expect
			.poll(async () => await view.output.innerText())
			.toContain('its signature does not match the Signing Secret');
		await expect
			.poll(async () => await view.output.innerText())
			.toContain('Enter the Signing Secret of your site again');
	});
});

describeInBrowser('from an event to a message', (suite) => {
	let workflowId: string;

	it('publishing registers the webhook and says that Expert now calls the workflow', async () => {
		const { stage, editor } = suite;
		const [slack] = stage.outsideCredentials;
		const trigger = triggerNode(CREATED, stage.scene.credential, { events: ['page_create'] });
		const message = slackNode('Tell Slack', slack!, '={{ $json.page.title }}');
		workflowId = await stage.workflow('Title to Slack', inARow(trigger, message));
		await editor.openWorkflow(workflowId);
		await editor.publish();
		await editor.publishedDialog.waitFor();
		await expect.poll(async () => await editor.publishedDialog.innerText()).toContain('Expert now calls this workflow');
		const hooks = stage.scene.site.webhooks().filter(({ url }) => !url.includes('/webhook-test/'));
		expect(hooks).toMatchObject([{ active: true, events: ['Page_Create'] }]);
		await editor.publishedDialog.getByText('Got it').click();
	});

	it('a page at the site sends its title to Slack, and the execution is green', async () => {
		const { stage, editor } = suite;
		const before = stage.slackMessages.length;
		stage.scene.site.site.createPage('Guides/Told', { title: 'A page to tell of' });
		await stage.scene.client.waitForExecutions(workflowId, 1);
		expect(stage.slackMessages.slice(before).join()).toContain('A page to tell of');
		await editor.openExecutions();
		await expect.poll(async () => await editor.byTestId('execution-preview-label').innerText()).toBe('Succeeded');
		await expect.poll(async () => await editor.byTestId('canvas-node-status-success').count()).toBe(2);
		await stage.scene.client.deactivate(workflowId);
	});
});

describeInBrowser('publishing that is refused', (suite) => {
	it('a publish without a signing secret shows its whole message, and the workflow is not published', async () => {
		const { stage, editor } = suite;
		const credential = await stage.credential('Without secret', { signingSecret: '' });
		const trigger = triggerNode(CREATED, credential, { events: ['page_create'] });
		const id = await stage.workflow('Refused', inARow(trigger));
		await editor.openWorkflow(id);
		await editor.publish();
		const toast = editor.toasts.filter({ hasText: 'could not be published' });
		await toast.waitFor();
		const message = await waitFor('n8n has the reason of the refusal', async () => {
			const publication = await stage.scene.client.publicationStatus(id);
			return publication?.triggers[0]?.errorMessage ?? undefined;
		});
		expect(message).toContain('Signing Secret');
		await expect
			.poll(async () => (await toast.innerText()).replace(/\s+/g, ' '))
			.toContain(message.replace(/\s+/g, ' '));
		await expect.poll(async () => await isWhollyVisible(toast)).toBe(true);
		expect(stage.scene.site.webhooks()).toEqual([]);
	});
});
