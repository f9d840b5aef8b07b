import { createRequire } from 'node:module';

/**
 * The build of n8n-workflow that n8n itself loads. Of the other one, vitest would transform each of its
 * 123 modules, and n8n-core would have another copy than the nodes.
 */
export const n8nWorkflowAlias = [
	{
		// Alone: what a path below it names is a file of its own.
		find: /^n8n-workflow$/,
		replacement: createRequire(import.meta.url).resolve('n8n-workflow'),
	},
];

/**
 * All cores, and the files of one worker share what they have loaded: to load n8n-workflow and n8n-core
 * for each file would take most of the time. A file that needs a module afresh resets the modules.
 */
export const sharedModules = {
	isolate: false,
	maxWorkers: '100%',
	// Limits for a machine that is busy with other things.
	testTimeout: 120_000,
	hookTimeout: 120_000,
	expect: { poll: { timeout: 60_000 } },
};
