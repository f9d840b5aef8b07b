import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine, or undefined: none is downloaded. */
export const chromiumPath = (process.env.PATH ?? '')
	.split(delimiter)
	.flatMap((folder) => NAMES.map((name) => join(folder, name)))
	.find(isExecutable);

/** Headless, and with the same letters on each machine as far as that can be had. */
export async function launchChromium(): Promise<Browser> {
	if (chromiumPath === undefined) {
		throw new Error(`There is no ${NAMES.join(' or ')}. Install it: apt install chromium`);
	}
	return await chromium.launch({
		executablePath: chromiumPath,
		args: ['--force-color-profile=srgb', '--font-render-hinting=none', '--disable-lcd-text'],
	});
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
