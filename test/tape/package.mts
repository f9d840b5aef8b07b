import path from 'node:path';
import { vi } from 'vitest';

const root = path.resolve(process.env.TAPE_NODES ?? path.join(import.meta.dirname, '../..'));

/** The classes that n8n would load, of the checkout that is taped. */
export async function loadPackage() {
	const load = async (file: string) =>
		(await import(/* @vite-ignore */ `${root}/${file}.ts`)) as Record<string, new () => never>;
	const { CxoneExpertTrigger } = await load('nodes/CxoneExpert/CxoneExpertTrigger.node');
	const { CxoneExpertApi } = await load('credentials/CxoneExpertApi.credentials');
	return { trigger: new CxoneExpertTrigger!(), credential: new CxoneExpertApi!() };
}

export function forgetModules(): void {
	vi.resetModules();
}

export function pretendProcessStarted(msAgo: number): void {
	const value = Date.now() - msAgo;
	Object.defineProperty(performance, 'timeOrigin', { value, configurable: true });
}
