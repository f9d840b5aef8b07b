import { beforeAll, expect, it } from 'vitest';
import { isWhollyVisible } from '../support/browser/editor.mts';
import type { CredentialDialog } from '../support/browser/credential-dialog.mts';
import { IN_NODES_PANEL, inARow, ON_PAGE_CREATED, triggerNode } from '../support/browser/workflows.mts';
import { SITE_URL, describeInBrowser } from '../support/browser/stage.mts';

const WHERE_TO_FIND = 'Site Tools > Dashboard > Integrations > API Token Management';
const WHAT_NEEDS_IT = 'CXone Expert Trigger needs it, unless your site has none yet';
const NOT_VERIFIED = 'Signatures are not verified';

describeInBrowser('a new credential', (suite) => {
	let dialog: CredentialDialog;
	beforeAll(async () => {
		const { editor } = suite;
		await editor.newWorkflow();
		await editor.openNodesPanel();
		await editor.searchNodes('cxone');
		await editor.found(IN_NODES_PANEL).click();
		await editor.found(ON_PAGE_CREATED).click();
		await (await editor.openedNode()).newCredential();
		dialog = await editor.openedCredential();
	});

	it('an empty credential says where its token is found and what needs the signing secret', async () => {
		await expect.poll(async () => await dialog.root.innerText()).toContain(WHERE_TO_FIND);
		await expect.poll(async () => await dialog.root.innerText()).toContain(WHAT_NEEDS_IT);
	});

	it('the switch for a site without a signing secret is seen without scrolling, and no field for a former secret', async () => {
		const part = (name: string) => dialog.root.locator(`[data-test-id="parameter-input-${name}"]`);
		await expect.poll(async () => await isWhollyVisible(part('acceptUnsigned'))).toBe(true);
		expect(await part('previousSigningSecret').count()).toBe(0);
	});

	it('the switch for a site without a signing secret says that signatures are not verified, until one is entered', async () => {
		await dialog.turnOn('acceptUnsigned');
		await expect.poll(async () => await dialog.root.innerText()).toContain(NOT_VERIFIED);
		await dialog.fill({ signingSecret: 'whsec_test' });
		await expect.poll(async () => await dialog.root.innerText()).not.toContain(NOT_VERIFIED);
		await dialog.field('previousSigningSecret').waitFor();
	});

	it('a credential that works is saved, tested and chosen at once', async () => {
		const { stage, editor } = suite;
		const { longTermToken } = stage.scene.site;
		await dialog.fill({ siteUrl: SITE_URL, longTermToken, signingSecret: 'whsec_test' });
		await dialog.save();
		await dialog.root.waitFor({ state: 'hidden' });
		const view = await editor.openedNode();
		await expect.poll(async () => await view.credential()).toBe('CXone Expert account');
	});
});

describeInBrowser('the test of a credential', (suite) => {
	let dialog: CredentialDialog;
	beforeAll(async () => {
		const { stage, editor } = suite;
		const credential = await stage.credential('Help center', {});
		const trigger = triggerNode('Page created', credential, { events: ['page_create'] });
		await editor.openWorkflow(await stage.workflow('Credential', inARow(trigger)));
		const view = await editor.openNode('Page created');
		await view.openCredential();
		dialog = await editor.openedCredential();
	});

	// A browser that waits for a processor still shows the outcome before.
	const expectGreen = async () =>
		await expect.poll(async () => await dialog.outcome()).toMatchObject({ isGreen: true });
	const expectRed = async (reason: string) =>
		await expect
			.poll(async () => await dialog.outcome())
			.toEqual({ isGreen: false, text: expect.stringContaining(reason) as string });

	it('a credential that works is green when it is opened', async () => {
		await expectGreen();
	});

	it('a credential that is refused is red with its reason', async () => {
		await dialog.fill({ longTermToken: 'a.wrong.token' });
		await dialog.save();
		await expectRed('The site does not accept the token');
	});
});
