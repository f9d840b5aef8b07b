import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine, or undefined: none is downloaded. */
export const browserPath = (process.env.PATH ?? '')
	.split(delimiter)
	.flatMap((folder) => NAMES.map((name) => join(folder, name)))
	.find(isExecutable);

export async function startBrowser(): Promise<Browser> {
	return await chromium.launch({ executablePath: browserPath });
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
