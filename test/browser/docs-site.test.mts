import { existsSync, globSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SITE } from '../../site/pages.mts';
import { launchChromium } from '../support/browser/stage.mts';
import { listenLocally, type LocalServer } from '../support/local-server.mts';
import { lacks } from '../support/programs.mts';
import { ROOT } from '../support/unit/documents.mts';
import { LIMIT_MS } from '../support/wait.mts';

const folder = join(ROOT, 'site');
const built = join(folder, '.vitepress/dist');
const { pathname } = new URL(SITE);
const badge = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"/>';

describe.skipIf(lacks('chromium'))('the docs site, as GitHub Pages serves it', () => {
	let browser: Browser;
	let home: string;
	let server: LocalServer;
	const site = express().use(pathname, express.static(built, { extensions: ['html'] }));

	beforeAll(async () => {
		const npm = async (...args: string[]) =>
			await execa('npm', args, { cwd: folder, env: { NODE_ENV: 'production' } });
		if (!existsSync(join(folder, 'node_modules'))) await npm('ci', '--include=dev');
		await npm('run', 'build');
		browser = await launchChromium();
		server = await listenLocally(createServer(site));
		home = `${server.url}${pathname}`;
	});
	afterAll(async () => {
		await browser?.close();
		await server?.close();
	});

	async function open({ width = 1280, colorScheme = 'light' as 'light' | 'dark' }): Promise<Page> {
		const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
		page.setDefaultTimeout(LIMIT_MS);
		const isAway = (url: URL) => !url.href.startsWith(home);
		await page.route(isAway, (route) =>
			route.fulfill({ contentType: 'image/svg+xml', body: badge }),
		);
		return page;
	}

	it.each([
		{ width: 1280, colorScheme: 'light' },
		{ width: 390, colorScheme: 'dark' },
	] as const)('no page scrolls sideways or lacks a picture: $width $colorScheme', async (look) => {
		const page = await open(look);
		const pages = globSync('**/*.html', { cwd: built }).filter((file) => file !== '404.html');
		expect(pages.length).toBeGreaterThan(30);
		const wrong: string[] = [];
		for (const file of pages) {
			await page.goto(home + file.replace(/(index)?\.html$/, ''));
			const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
			const isBroken = await page.evaluate(
				'[...document.images].some((each) => !each.naturalWidth)',
			);
			if (isWide === true || isBroken === true) wrong.push(file);
		}
		expect(wrong).toEqual([]);
		await page.close();
	});

	it('badges stand in a row', async () => {
		const page = await open({ width: 390 });
		await page.goto(home);
		// One look at all of them: what is still loading may move them.
		const heights = await page.evaluate<number[]>(
			'[...document.querySelector(".vp-doc p").querySelectorAll("img")].map((each) => each.getBoundingClientRect().y)',
		);
		expect(heights.length).toBeGreaterThan(1);
		expect(new Set(heights).size).toBe(1);
		await page.close();
	});

	// The words of site/search.test.mjs, which reads the index: VitePress ranks in the browser.
	it('a search finds the part on troubleshooting first', async () => {
		const page = await open({});
		await page.goto(home);
		const field = page.locator('.search-input');
		// VitePress hears keys once its scripts run, which can be long after the page has loaded.
		await expect
			.poll(async () => {
				await page.keyboard.press('Control+k');
				return await field.isVisible();
			})
			.toBe(true);
		await field.fill('webhook disabled');
		await expect
			.poll(async () => await page.locator('.result').first().getAttribute('href'))
			.toBe(`${pathname}docs/troubleshooting#the-webhook-is-disabled`);
		await page.close();
	});
});
