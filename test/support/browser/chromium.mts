import { type Browser, chromium } from 'playwright-core';
import { findProgram } from '../programs.mts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine, or undefined: none is downloaded. */
export const chromiumPath = findProgram(...NAMES);

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
