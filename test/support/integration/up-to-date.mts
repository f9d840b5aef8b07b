import { expect } from 'vitest';
import type { Hooks } from './hooks.mts';
import type { Scene } from './scene.mts';

/** The webhook at the site is as it should be: publishing again finds nothing to change. */
export async function expectUpToDate(
	{ site, host }: Scene,
	hooks: Hooks = host.production,
): Promise<void> {
	const calls = site.apiCalls.length;
	await hooks.create();
	const made = site.apiCalls.slice(calls).map(({ method }) => method);
	expect(new Set(made)).toEqual(new Set(['GET']));
}
