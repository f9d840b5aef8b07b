import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { inject, afterAll, afterEach, beforeAll, describe } from 'vitest';
import { createOutsideCredentials, OutsideWorld } from '../e2e/outside/outside-world.mts';
import { Scene } from '../e2e/scene.mts';
import type { Credential, NewWorkflow } from '../n8n/client.mts';
import { withCode, withEditor } from '../n8n/settings.mts';
import { lacks, programOf } from '../programs.mts';
import { seedSite } from '../simulator/index.mts';
import { waitUntil } from '../wait.mts';
import { Editor, type Look } from './editor.mts';
import { cacheFolder } from '../n8n/runtime.mts';

/** The addresses that people see; both lead to this machine. */
export const SITE_URL = 'https://help.example.com';
const N8N_URL = 'https://n8n.example.com';

let shared: Promise<BrowserStage> | undefined;

/**
 * A real n8n with the packed package, a site at a real address, and a browser. n8n reaches the site
 * through the proxy of the outside world, the site reaches n8n by a note of where it is.
 */
export class BrowserStage {
	readonly scene: Scene;
	/** One each for Slack, Jira and a mail server. */
	readonly outsideCredentials: Credential[];
	private readonly world: OutsideWorld;
	private readonly browser: Browser;

	private constructor(scene: Scene, world: OutsideWorld, browser: Browser, outsideCredentials: Credential[]) {
		this.scene = scene;
		this.world = world;
		this.browser = browser;
		this.outsideCredentials = outsideCredentials;
	}

	/** Shared in turn by all files of a test run: each finds n8n as the previous one left it. */
	static async share(): Promise<BrowserStage> {
		shared ??= BrowserStage.open(inject('tarball'));
		return await shared;
	}

	static async open(packageTarball: string): Promise<BrowserStage> {
		// Removed with the tarball: whoever shares a stage does not close it.
		const world = await OutsideWorld.open(dirname(packageTarball));
		const env = {
			...world.env,
			...withEditor,
			...withCode,
			WEBHOOK_URL: `${N8N_URL}/`,
		};
		const settings = { publicUrl: SITE_URL, requestDetails: 'user', ...patience } as const;
		const scene = await Scene.open(settings, env, { packageTarball, publicUrl: N8N_URL });
		await world.lead(new URL(SITE_URL).hostname, scene.site.localUrl);
		await world.lead(new URL(N8N_URL).hostname, scene.n8n.baseUrl);
		scene.site.settings.localAddresses = { [N8N_URL]: scene.n8n.baseUrl };
		seedSite(scene.site.site);
		const credentials = await createOutsideCredentials(scene.client, world);
		return new BrowserStage(scene, world, await launchChromium(), credentials);
	}

	/** A new window with the editor, logged in. */
	async editor(look: Look = {}): Promise<Editor> {
		const { baseUrl } = this.scene.n8n;
		const [name = '', value = ''] = this.scene.client.sessionCookie.split('=');
		const cookie = { name, value, url: baseUrl };
		return await Editor.open(this.browser, baseUrl, cookie, look);
	}

	/** Messages sent to Slack. */
	get slackMessages(): string[] {
		return this.world.sent('slack.com').map(({ body }) => (body as { text: string }).text);
	}

	/** A credential for the site that differs from the scene's own. */
	async credential(name: string, changes: object): Promise<Credential> {
		const { client, secrets } = this.scene;
		return await client.createCredential(name, 'cxoneExpertApi', { ...secrets, ...changes });
	}

	/** Saves a workflow past the editor, to go on with it there. */
	async workflow(name: string, parts: Partial<NewWorkflow>): Promise<string> {
		const empty = { nodes: [], connections: {} };
		return (await this.scene.client.createWorkflow({ name, ...empty, ...parts })).id;
	}

	/** n8n removes the webhook of a test while its execution runs; it may not listen again before. */
	async noTestIsLeft(): Promise<void> {
		const { site } = this.scene;
		const isGone = () => !site.webhooks().some(({ url }) => url.includes('/webhook-test/'));
		await waitUntil('the webhook of the test before is gone', isGone);
	}

	async close(): Promise<void> {
		await this.browser.close();
		await this.scene.close();
		await this.world.close();
	}
}

/** n8n responds late while a browser draws beside it. */
const patience = { deliveryTimeoutMs: 30_000, autoDisableAfter: 1000 };

/** That of this machine; headless, and with the same letters on each machine as far as that can be had. */
async function launchChromium(): Promise<Browser> {
	const executablePath = programOf('chromium');
	if (executablePath === undefined) {
		throw new Error('There is no Chromium. Install it: apt install chromium');
	}
	return await chromium.launch({
		executablePath,
		args: ['--force-color-profile=srgb', '--font-render-hinting=none', '--disable-lcd-text'],
	});
}

/** Available to a suite once its tests run. */
export interface Suite {
	stage: BrowserStage;
	editor: Editor;
}

/** Tests with one window of the editor; reported as skipped where there is no Chromium. */
export function describeInBrowser(title: string, tests: (suite: Suite) => void): void {
	const suite = {} as Suite;
	describe.skipIf(lacks('chromium'))(title, () => {
		beforeAll(async () => {
			suite.stage = await BrowserStage.share();
			suite.editor = await suite.stage.editor();
		});
		afterEach(async ({ task }) => {
			if (task.result?.state === 'fail') await picture(suite.editor, task.name);
		});
		afterAll(async () => await suite.editor?.close());
		tests(suite);
	});
}

/** Screenshot of a failed test. */
async function picture({ page }: Editor, test: string): Promise<void> {
	const name = `${test.replace(/\W+/g, '-').slice(0, 100)}.png`;
	await page.screenshot({ path: join(cacheFolder, 'browser', name) });
}
