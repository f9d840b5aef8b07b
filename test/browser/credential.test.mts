import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { CredentialDialog } from '../support/browser/credential-dialog.mts';
import { IN_NODES_PANEL } from '../support/browser/names.mts';
import { SITE_URL, UNKNOWN_SITE_URL } from '../support/browser/stage.mts';
import { describeInBrowser } from '../support/browser/suite.mts';
import { inARow, triggerNode } from '../support/browser/workflows.mts';

const WHERE_TO_FIND = 'Site Tools > Dashboard > Integrations > API Token Management';
const WHAT_NEEDS_IT = 'CXone Expert Trigger needs the Signing Secret';

describeInBrowser('a new credential', (suite) => {
	let dialog: CredentialDialog;
	beforeAll(async () => {
		const { editor } = suite;
		await editor.newWorkflow();
		await editor.openNodesPanel();
		await editor.searchNodes('cxone');
		await editor.found(IN_NODES_PANEL).click();
		await editor.found('On page created').click();
		await (await editor.openedNode()).newCredential();
		dialog = await editor.openedCredential();
	});

	it('an empty credential says where its token is found and what needs the signing secret', async () => {
		await expect.poll(async () => await dialog.root.innerText()).toContain(WHERE_TO_FIND);
		expect(await dialog.root.innerText()).toContain(WHAT_NEEDS_IT);
	});

	it('the notice about the signing secret goes when one is entered', async () => {
		await dialog.fill({ signingSecret: 'whsec_test' });
		await expect.poll(async () => await dialog.root.innerText()).not.toContain(WHAT_NEEDS_IT);
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
	let webPage: Server;
	beforeAll(async () => {
		webPage = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html').end('<html><body>Welcome</body></html>');
		});
		await new Promise<void>((resolve) => void webPage.listen(0, '127.0.0.1', resolve));
		const { stage, editor } = suite;
		const credential = await stage.credential('Help center', {});
		const trigger = triggerNode('Page created', credential, { events: ['page_create'] });
		await editor.openWorkflow(await stage.workflow('Credential', inARow(trigger)));
		const view = await editor.openNode('Page created');
		await view.openCredential();
		dialog = await editor.openedCredential();
	});
	afterAll(() => webPage?.close());

	/** Everything right, except for what is named. */
	async function outcomeOf(changes: Record<string, string>) {
		const { longTermToken, signingSecret } = suite.stage.scene.site;
		await dialog.fill({ siteUrl: SITE_URL, longTermToken, signingSecret, ...changes });
		await dialog.save();
		return await dialog.outcome();
	}

	it('a credential that works is green when it is opened', async () => {
		expect(await dialog.outcome()).toMatchObject({ isGreen: true });
	});

	it('an unknown host is told, with the field to look at', async () => {
		const { isGreen, text } = await outcomeOf({ siteUrl: UNKNOWN_SITE_URL });
		expect(isGreen).toBe(false);
		expect(text).toContain('There is no site at the Site URL. Check the Site URL');
	});

	it('what is no web address is said to be none', async () => {
		const { isGreen, text } = await outcomeOf({ siteUrl: 'my knowledge base' });
		expect(isGreen).toBe(false);
		expect(text).toContain('The Site URL is not a web address');
	});

	it('a web page that is no Expert site is told apart', async () => {
		const { port } = webPage.address() as AddressInfo;
		const { isGreen, text } = await outcomeOf({ siteUrl: `http://127.0.0.1:${port}` });
		expect(isGreen).toBe(false);
		expect(text).toContain('The address returned a web page instead of the Expert API');
	});

	it('a wrong token is told from a missing role', async () => {
		const { isGreen, text } = await outcomeOf({ longTermToken: 'a.wrong.token' });
		expect(isGreen).toBe(false);
		expect(text).toContain('The site does not accept the token');
	});

	it('the token of somebody who is no admin is red where a signing secret says that the trigger is meant', async () => {
		const longTermToken = suite.stage.scene.site.readerJwt;
		const { isGreen, text } = await outcomeOf({ longTermToken });
		expect(isGreen).toBe(false);
		expect(text).toContain(
			'For the trigger, webhooks and the archive the user needs the Admin role',
		);
	});

	it('the token of somebody who is no admin is green without a signing secret', async () => {
		const longTermToken = suite.stage.scene.site.readerJwt;
		expect(await outcomeOf({ longTermToken, signingSecret: '' })).toMatchObject({ isGreen: true });
	});

	it('a site without webhooks is told from a missing role', async () => {
		const { settings } = suite.stage.scene.site;
		settings.webhooksFeature = false;
		onTestFinished(() => void (settings.webhooksFeature = true));
		const { isGreen, text } = await outcomeOf({});
		expect(isGreen).toBe(false);
		expect(text).toContain('The trigger needs webhooks, which the site does not allow (403)');
	});

	it('what the site has allowed since is green after a retry', async () => {
		await dialog.retry();
		expect(await dialog.outcome()).toMatchObject({ isGreen: true });
	});
});
