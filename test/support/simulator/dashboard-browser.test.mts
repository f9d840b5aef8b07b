import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { chromiumPath, launchChromium } from '../browser/chromium.mts';
import { elementAt } from '../present.mts';
import { lacks } from '../programs.mts';
import { listening, site } from '../unit/simulator-site.mts';
import type { Simulator } from './index.mts';

const inPage = join(import.meta.dirname, '../in-page.js');

interface Contrast {
	text: string;
	contrast: number;
	back: number;
}

/** A busy machine draws late. */
const TIMEOUT_MS = 60_000;

/** Longer than anybody tabs. */
const MAX_TABS = 60;

describe.skipIf(lacks({ chromium: chromiumPath !== undefined }))(
	"the simulator's web page, in a browser (needs Chromium)",
	{ timeout: TIMEOUT_MS },
	() => {
		let browser: Browser;
		beforeAll(async () => {
			browser = await launchChromium();
		}, TIMEOUT_MS);
		afterAll(async () => await browser?.close());

		async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
			const context = await browser.newContext(options);
			onTestFinished(async () => await context.close());
			await context.addInitScript({ path: inPage });
			const page = await context.newPage();
			await page.goto(url);
			return page;
		}

		describe('by keyboard only', () => {
			it('Enter in a field presses the button beside it, and the page says what became of it', async () => {
				const simulator = await site();
				const page = await open(simulator.url);
				await tabTo(page, 'Title');
				await page.keyboard.type('By hand');
				await page.keyboard.press('Enter');
				await expectToSay(page, 'Created: By_hand');
				await tabTo(page, 'New path');
				await page.keyboard.type('Guides/Moved');
				await page.keyboard.press('Enter');
				await expectToSay(page, 'Moved: By_hand → Guides/Moved');
				await tabTo(page, 'Tag');
				await page.keyboard.type('article:guide');
				await page.keyboard.press('Enter');
				await expectToSay(page, 'Tagged article:guide: Guides/Moved');
				expect(simulator.site.page('Guides/Moved')).toMatchObject({
					title: 'By hand',
					tags: ['article:guide'],
					revision: 1,
				});
			});

			it('the keyboard stays at a button while the page refreshes it', async () => {
				const simulator = await site();
				const page = await open(simulator.url);
				await tabTo(page, 'Pause');
				await page.keyboard.press('Enter');
				await expect.poll(() => page.evaluate<string>('focusedLabel()')).toBe('Resume');
				expect(simulator.queue.paused).toBe(true);
				await page.keyboard.press('Space');
				await expect.poll(() => page.evaluate<string>('focusedLabel()')).toBe('Pause');
				expect(simulator.queue.paused).toBe(false);
			});

			it('a webhook that the site has disabled is enabled again, and its notice goes', async () => {
				const { simulator } = await disabledByFailures();
				const page = await open(simulator.url);
				const notice = page.locator('.notice');
				expect(await notice.textContent()).toContain(
					'Enable it again below, or see docs/operating.md#sizing.',
				);
				await tabTo(page, 'Enable again');
				await page.keyboard.press('Enter');
				await expectToSay(page, 'Enabled: webhook #1');
				await expect.poll(() => notice.count()).toBe(0);
				expect(elementAt(simulator.webhooks(), 0).active).toBe(true);
			});

			it('a table that is wider than the screen scrolls with the arrow keys', async () => {
				const { simulator } = await disabledByFailures();
				const page = await open(simulator.url, { viewport: { width: 390, height: 800 } });
				await tabTo(page, 'Recent deliveries');
				await page.keyboard.press('ArrowRight');
				const scrolled = "document.getElementById('deliveries').scrollLeft";
				await expect.poll(() => page.evaluate<number>(scrolled)).toBeGreaterThan(0);
			});

			it('a button copies what a credential needs', async () => {
				const simulator = await site();
				const permissions = ['clipboard-read', 'clipboard-write'];
				const page = await open(simulator.url, { permissions });
				await tabTo(page, 'Copy Long-Term Token');
				await page.keyboard.press('Enter');
				await expectToSay(page, 'Copied: Long-Term Token');
				const copied = await page.evaluate<string>('navigator.clipboard.readText()');
				expect(copied).toBe(simulator.longTermToken);
			});
		});

		it('what a credential needs is in sight as long as there is no webhook', async () => {
			const simulator = await site();
			const secret = (page: Page) => page.getByLabel('Signing Secret', { exact: true }).isVisible();
			expect(await secret(await open(simulator.url))).toBe(true);
			await listening(simulator);
			expect(await secret(await open(simulator.url))).toBe(false);
		});

		it.each([390, 320])('nothing sticks out of a screen of %d pixels', async (width) => {
			const { simulator } = await disabledByFailures();
			simulator.site.createPage('A'.repeat(60), { tags: ['article:topic-category'] });
			for (const path of ['/', '/Guides', '/?done=Created'.padEnd(120, 'x')]) {
				const page = await open(simulator.url + path, { viewport: { width, height: 800 } });
				expect(await page.evaluate('sticksOut()'), path).toEqual([]);
			}
		});

		it('changes come first on a narrow screen', async () => {
			const simulator = await site();
			const page = await open(simulator.url, { viewport: { width: 390, height: 800 } });
			const headings = await page.getByRole('heading', { level: 2 }).all();
			const tops = await Promise.all(headings.map(async (each) => (await each.boundingBox())?.y));
			const [first] = headings;
			expect(await first?.textContent()).toBe('Change the site');
			expect(tops[0]).toBe(Math.min(...tops.map(Number)));
		});

		it.each(['light', 'dark'] as const)('text can be read on a %s screen', async (colorScheme) => {
			const { simulator } = await disabledByFailures();
			const page = await open(`${simulator.url}/?done=Done`, { colorScheme });
			const contrasts = await page.evaluate<Contrast[]>('contrasts()');
			expect(contrasts.length).toBeGreaterThan(20);
			// WCAG 2.2, level AA.
			expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
			const heading = contrasts.find(({ text }) => text === 'Expert site simulator');
			expect((heading?.back ?? 0) > 0.5 ? 'light' : 'dark').toBe(colorScheme);
		});
	},
);

/** A site with a page, and a webhook that it has disabled after failures. */
async function disabledByFailures(): Promise<{ simulator: Simulator }> {
	const simulator = await site({ retries: 0, autoDisableAfter: 2 });
	const endpoint = await listening(simulator, 'page_create', 'pagecontent_update');
	endpoint.responses.push(200, 401, 401);
	for (const path of ['Guides', 'Guides/A', 'Guides/B']) {
		simulator.site.createPage(path);
		await simulator.idle();
	}
	expect(elementAt(simulator.webhooks(), 0).active).toBe(false);
	return { simulator };
}

async function expectToSay(page: Page, text: string): Promise<void> {
	await expect.poll(() => page.getByRole('status').textContent()).toContain(text);
}

async function tabTo(page: Page, label: string): Promise<void> {
	const seen: string[] = [];
	while (seen.length < MAX_TABS) {
		await page.keyboard.press('Tab');
		seen.push(await page.evaluate<string>('focusedLabel()'));
		if (seen.at(-1) === label) return;
	}
	throw new Error(`The keyboard does not reach "${label}", but: ${seen.join(', ')}`);
}
