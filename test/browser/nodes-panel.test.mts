import { beforeAll, expect, it } from 'vitest';
import { isWhollyVisible } from '../support/browser/editor.mts';
import { describeInBrowser } from '../support/browser/stage.mts';
import {
	IN_NODES_PANEL,
	FIRST_ACTIONS,
	LAST_ACTIONS,
	ON_PAGE_PUBLISHED,
	PAGE_PUBLISHED,
	POLLING_IN_NODES_PANEL,
	TRIGGER_NAME,
} from '../support/browser/workflows.mts';

/** Of its name, as much as fits there. */
const PUBLISHED_BELOW_NAME = 'Page Published';

describeInBrowser('the nodes panel', (suite) => {
	beforeAll(async () => {
		await suite.editor.newWorkflow();
		await suite.editor.openNodesPanel();
	});

	it('"cxone" and "help center" find CXone Expert first, and other words of the trade find it', async () => {
		const { editor } = suite;
		for (const words of ['cxone', 'help center']) {
			await editor.searchNodes(words);
			await expect.poll(async () => (await editor.foundNames())[0]).toBe(IN_NODES_PANEL);
		}
		for (const words of ['wiki', 'knowledge base', 'new page', 'upload file', 'broken links']) {
			await editor.searchNodes(words);
			await expect.poll(async () => await editor.foundNames()).toContain(IN_NODES_PANEL);
		}
	});

	it('each of our nodes is seen without scrolling, and says whether it needs webhooks', async () => {
		const { editor } = suite;
		await editor.searchNodes('cxone');
		for (const [name, says] of [
			[IN_NODES_PANEL, 'Needs webhooks.'],
			[POLLING_IN_NODES_PANEL, 'Needs no webhooks.'],
		] as const) {
			await editor.found(name).waitFor();
			const entry = editor.byTestId('item-iterator-item').filter({ has: editor.found(name) });
			expect(await entry.innerText()).toContain(says);
			await expect.poll(async () => await isWhollyVisible(entry)).toBe(true);
		}
	});

	it('the events that people want most are the first actions, seen without scrolling', async () => {
		const { editor } = suite;
		await editor.searchNodes('cxone');
		await editor.found(IN_NODES_PANEL).click();
		await expect.poll(async () => (await editor.foundNames()).slice(0, 5)).toEqual(FIRST_ACTIONS);
		await expect.poll(async () => await isWhollyVisible(editor.found(FIRST_ACTIONS[4]!))).toBe(true);
		expect((await editor.foundNames()).slice(0, 30)).toEqual(expect.arrayContaining(LAST_ACTIONS));
	});

	it('the trigger is added for one event, which is chosen then', async () => {
		const { editor } = suite;
		await editor.found(ON_PAGE_PUBLISHED).click();
		const view = await editor.openedNode();
		await expect.poll(async () => await view.field('events').innerText()).toContain(PAGE_PUBLISHED);
		await view.close();
		await expect
			.poll(async () => (await editor.node(TRIGGER_NAME).innerText()).split('\n'))
			.toContain(PUBLISHED_BELOW_NAME);
	});
});
