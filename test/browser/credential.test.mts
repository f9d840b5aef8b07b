import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { CredentialDialog } from '../support/browser/credential-dialog.mts';
import { IN_NODES_PANEL } from '../support/browser/names.mts';
import { SITE_URL, UNKNOWN_SITE_URL } from '../support/browser/stage.mts';
import { describeInBrowser } from '../support/browser/suite.mts';
import { inARow, triggerNode } from '../support/browser/workflows.mts';
import type { Fault } from '../support/simulator/index.mts';

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
		await expect.poll(async () => await dialog.root.innerText()).toContain(WHAT_NEEDS_IT);
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
	async function save(changes: Record<string, string>) {
		const { longTermToken, signingSecret } = suite.stage.scene.site;
		await dialog.fill({ siteUrl: SITE_URL, longTermToken, signingSecret, ...changes });
		await dialog.save();
	}

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

	it.each([
		[UNKNOWN_SITE_URL, 'There is no site at the Site URL. Check the Site URL'],
		['my knowledge base', 'The Site URL is not a web address'],
		[SITE_URL.replace('https', 'http'), 'The Site URL begins with http instead of https'],
		['http://127.0.0.1:1', 'The Expert site could not be reached'],
	])('the Site URL %s is red with its reason', async (siteUrl, reason) => {
		await save({ siteUrl });
		await expectRed(reason);
	});

	it('a web page that is no Expert site is told apart', async () => {
		const { port } = webPage.address() as AddressInfo;
		await save({ siteUrl: `http://127.0.0.1:${port}` });
		await expectRed('The address returned a web page instead of the Expert API');
	});

	it('a wrong token is told from a missing role', async () => {
		await save({ longTermToken: 'a.wrong.token' });
		await expectRed('The site does not accept the token');
	});

	it('an expired token is told from a wrong one', async () => {
		const exp = Date.UTC(2026, 0, 30) / 1000;
		const claims = Buffer.from(JSON.stringify({ exp })).toString('base64url');
		await save({ longTermToken: `an.${claims}.token` });
		await expectRed('The long-term token expired on 2026-01-30. Create a new one');
	});

	it('the token of somebody who is no admin is red where a signing secret says that the trigger is meant', async () => {
		const longTermToken = suite.stage.scene.site.readerJwt;
		await save({ longTermToken });
		await expectRed('For the trigger, webhooks and the archive the user needs the Admin role');
	});

	it('the token of somebody who is no admin is green without a signing secret', async () => {
		const longTermToken = suite.stage.scene.site.readerJwt;
		await save({ longTermToken, signingSecret: '' });
		await expectGreen();
	});

	it('a site without webhooks is told from a missing role', async () => {
		const { settings } = suite.stage.scene.site;
		settings.webhooksFeature = false;
		onTestFinished(() => void (settings.webhooksFeature = true));
		await save({});
		await expectRed('The trigger needs webhooks, which the site does not allow (403)');
	});

	it('what the site has allowed since is green after a retry', async () => {
		await dialog.retry();
		await expectGreen();
	});

	const elsewhere = { Location: 'https://other.example.com/' };
	const UNEXPECTED = 'The Expert site returned an unexpected response';
	it.each<[string, Fault, string]>([
		[
			'a site that redirects',
			{ effect: { status: 302, headers: elsewhere, body: 'empty' } },
			'The address of the Expert site redirects to another address',
		],
		[
			'a site that does not respond',
			{ effect: { hang: true } },
			'The Expert site did not respond in time',
		],
		['a site that says something else', { effect: { status: 200, body: 'wrongRoot' } }, UNEXPECTED],
		[
			'a site that says something else for the list of webhooks',
			{ match: { path: '/webhooks' }, effect: { status: 200, body: 'wrongRoot' } },
			`${UNEXPECTED} while n8n tried to list the webhooks`,
		],
		[
			'a site that fails to list its webhooks',
			{ match: { path: '/webhooks' }, effect: { status: 500 } },
			`${UNEXPECTED} (500) while n8n tried to list the webhooks`,
		],
	])('%s is red with what happened', async (_site, fault, reason) => {
		const { faults } = suite.stage.scene.site;
		faults.add(fault);
		onTestFinished(() => faults.clear());
		await dialog.retry();
		await expectRed(reason);
	});

	it('a server token has its own fields, and is green when they are right', async () => {
		const { key, secret, user } = suite.stage.scene.site.serverToken;
		await dialog.choose('authentication', 'Server Token (Key and Secret)');
		await expect.poll(async () => await dialog.field('longTermToken').isVisible()).toBe(false);
		await dialog.fill({ tokenKey: key, tokenSecret: secret, runAsUser: user });
		await dialog.save();
		await expectGreen();
	});

	it('a wrong server token is red with what it needs', async () => {
		await dialog.fill({ tokenSecret: 'not the secret' });
		await dialog.save();
		await expectRed('A server token also needs the right user name');
	});
});
