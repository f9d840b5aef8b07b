import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureN8n } from '../support/n8n/install.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { PROGRAMS_OF_SMALL_SET, reportMissingPrograms } from '../support/programs.mts';

declare module 'vitest' {
	export interface ProvidedContext {
		tarball: string;
	}
}

/** Once for all e2e tests: a real n8n on this machine, and the package as users get it. */
export default async function setup(project: TestProject) {
	reportMissingPrograms(project.name === 'e2e-versions' ? PROGRAMS_OF_SMALL_SET : undefined);
	await ensureN8n({ version: project.config.env.N8N_VERSION });
	const tarball = await packPackage();
	project.provide('tarball', tarball);
	return async () => {
		// What the tests have left in it may still be ending.
		await rm(dirname(tarball), { recursive: true, force: true, maxRetries: 10 });
	};
}
