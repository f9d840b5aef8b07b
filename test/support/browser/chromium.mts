import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the system; nothing is downloaded. Undefined where there is none. */
export const chromiumPath: string | undefined = PLACES.find((path) => existsSync(path));

/** Headless, and with the same letters on each machine as far as that can be had. */
export async function launchChromium(): Promise<Browser> {
	if (chromiumPath === undefined) {
		throw new Error(
			`There is no Chromium at ${PLACES.join(' or ')}. Install it: apt install chromium`,
		);
	}
	return await chromium.launch({
		executablePath: chromiumPath,
		args: ['--force-color-profile=srgb', '--font-render-hinting=none', '--disable-lcd-text'],
	});
}
