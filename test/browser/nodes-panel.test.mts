import { beforeAll, expect, it } from 'vitest';
import { type Editor, isWhollyVisible } from '../support/browser/editor.mts';
import { describeInBrowser } from '../support/browser/stage.mts';
import {
	EVENTS,
	IN_NODES_PANEL,
	inARow,
	ON_PAGE_CREATED,
	ON_PAGE_PUBLISHED,
	PAGE_PUBLISHED,
	POLLING_IN_NODES_PANEL,
	POLLING_TRIGGER_NAME,
	pollingNode,
	TRIGGER_NAME,
} from '../support/browser/workflows.mts';

/** Of its name, as much as fits there. */
const PUBLISHED_BELOW_NAME = 'Page Published';

describeInBrowser('the nodes panel', (suite) => {
	beforeAll(async () => {
		await suite.editor.newWorkflow();
		await suite.editor.openNodesPanel();
	});

	it.each(['cxone', 'cx one', 'mindtouch', 'documentation', 'help center'])(
		'"%s" finds CXone Expert first',
		async (words) => {
			const { editor } = suite;
			await editor.searchNodes(words);
			await expect.poll(async () => (await editor.foundNames())[0]).toBe(IN_NODES_PANEL);
		},
	);

	it.each(
		[
			'nice knowledge',
			'knowledge base',
			'wiki',
			'article',
			'mpower',
			'publish',
			'published',
		].concat(
			['draft', 'page created', 'new page', 'page deleted', 'update page', 'upload file'],
			['faq', 'nice expert', 'rag', 'passage', 'broken links'],
		),
	)('"%s" finds CXone Expert', async (words) => {
		const { editor } = suite;
		await editor.searchNodes(words);
		await expect.poll(async () => await editor.foundNames()).toContain(IN_NODES_PANEL);
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

	it('the first publication of a page is the first action, and that a page was created is seen without scrolling', async () => {
		const { editor } = suite;
		await editor.searchNodes('cxone');
		await editor.found(IN_NODES_PANEL).click();
		await expect.poll(async () => (await editor.foundNames())[0]).toBe(ON_PAGE_PUBLISHED);
		await expect.poll(async () => await isWhollyVisible(editor.found(ON_PAGE_CREATED))).toBe(true);
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

	it.each([
		['light', /\/cxoneExpertTrigger\.svg$/],
		['dark', /\/cxoneExpertTrigger\.dark\.svg$/],
	] as const)('the icon of the trigger is there on a %s canvas', async (theme, icon) => {
		await suite.editor.show(theme);
		await expectIcon(suite.editor, TRIGGER_NAME, icon);
	});

	it('the polling trigger is added for one event in the same way', async () => {
		const { editor } = suite;
		await editor.newWorkflow();
		await editor.openNodesPanel();
		await editor.searchNodes('cxone');
		await editor.found(POLLING_IN_NODES_PANEL).click();
		await editor.found(ON_PAGE_PUBLISHED).click();
		const view = await editor.openedNode();
		await expect.poll(async () => await view.field(EVENTS).innerText()).toContain(PAGE_PUBLISHED);
		await view.close();
		const node = editor.node(POLLING_TRIGGER_NAME);
		await expect
			.poll(async () => (await node.innerText()).split('\n'))
			.toContain(PUBLISHED_BELOW_NAME);
	});

	it('Fetch Test Event shows a page that was published before', async () => {
		const { stage, editor } = suite;
		const { pageId } = stage.scene.site.site.createPage('Guides/Fetched', { title: 'Fetched' });
		const trigger = pollingNode(POLLING_TRIGGER_NAME, stage.scene.credential, {
			events: ['page_published'],
		});
		await editor.openWorkflow(await stage.workflow('Polling', inARow(trigger)));
		const view = await editor.openNode(POLLING_TRIGGER_NAME);
		await view.execute();
		await view.hasOutput();
		await view.showOutput('Schema');
		await expect.poll(async () => await view.output.innerText()).toContain(`${pageId}`);
		await view.close();
	});

	it.each([
		['light', /\/cxoneExpertPollingTrigger\.svg$/],
		['dark', /\/cxoneExpertPollingTrigger\.dark\.svg$/],
	] as const)('the icon of polling is there on a %s canvas', async (theme, icon) => {
		await suite.editor.show(theme);
		await expectIcon(suite.editor, POLLING_TRIGGER_NAME, icon);
	});
});

async function expectIcon(editor: Editor, name: string, icon: RegExp): Promise<void> {
	const image = editor.node(name).locator('img').first();
	await expect.poll(async () => await image.getAttribute('src')).toMatch(icon);
	const isDrawn = async () =>
		await image.evaluate(
			({ complete, naturalWidth }: { complete: boolean; naturalWidth: number }) =>
				complete && naturalWidth > 0,
		);
	await expect.poll(isDrawn).toBe(true);
}

/** With `EDITOR_THEME=dark` all tests see the editor in the dark; this much of it each run. */
describeInBrowser(
	'the editor in the dark',
	(suite) => {
		const expectDarkIcons = async () => {
			const { editor } = suite;
			const areDark = (files: string[]) =>
				files.length > 0 && files.every((file) => file.endsWith('.dark.svg'));
			await expect.poll(async () => await editor.iconFiles()).toSatisfy(areDark);
		};

		it('the nodes panel shows the dark icon', async () => {
			const { editor } = suite;
			await editor.newWorkflow();
			await editor.openNodesPanel();
			await editor.searchNodes('cxone');
			await editor.found(IN_NODES_PANEL).waitFor();
			await expectDarkIcons();
		});

		it('the trigger shows the dark icon, and its notice and fields', async () => {
			const { editor } = suite;
			await editor.found(IN_NODES_PANEL).click();
			await editor.found(ON_PAGE_PUBLISHED).click();
			const view = await editor.openedNode();
			await expectDarkIcons();
			await expect
				.poll(async () => await isWhollyVisible(view.root.getByText('there is no URL to copy')))
				.toBe(true);
			await expect.poll(async () => await view.field(EVENTS).innerText()).toContain(PAGE_PUBLISHED);
		});
	},
	{ theme: 'dark' },
);
