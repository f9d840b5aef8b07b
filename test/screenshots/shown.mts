import type { Locator } from 'playwright-core';
import { waitUntil } from '../support/wait.mts';

/** Waits until all of these texts stand in a part of the window; throws with the one that does not. */
export async function expectShown(picture: string, part: Locator, texts: string[]): Promise<void> {
	// n8n writes notes with typographic quotes.
	const shown = async () => (await part.innerText()).replace(/\s+/g, ' ').replace(/[“”]/g, '"').replace(/[‘’]/g, "'");
	for (const text of texts) {
		await waitUntil(`${picture} shows "${text}"`, async () => (await shown()).includes(text));
	}
}
