import type { WorkflowActivateMode } from 'n8n-workflow';
import { expect } from 'vitest';
import type { Hook } from '../../world/contexts.mts';
import type { Host } from './host.mts';
import type { Scene } from './scene.mts';

/** n8n's side of registering a webhook. `isTest` is "Listen for test event". */
export class Hooks {
	/** What `delete` threw after a failed `create`: n8n turns it into a warning. */
	readonly warnings: unknown[] = [];
	private readonly host: Host;
	private readonly isTest: boolean;

	constructor(host: Host, isTest: boolean) {
		this.host = host;
		this.isTest = isTest;
	}

	/** `checkExists`, then `create` if needed; what fails is followed by `delete`. */
	async publish(mode?: WorkflowActivateMode): Promise<void> {
		try {
			if (!(await this.call('checkExists', mode))) await this.call('create', mode);
		} catch (error) {
			await this.call('delete').catch((second: unknown) => this.warnings.push(second));
			throw error;
		}
	}

	/** A workflow is unpublished with three tries, a test is ended with one. */
	async unpublish(): Promise<void> {
		for (let left = this.isTest ? 0 : 2; ; left--) {
			try {
				await this.call('delete');
				return;
			} catch (error) {
				if (left === 0) throw error;
			}
		}
	}

	/** As when n8n starts, or another main process takes over: not a user's publish. */
	async checkExists(start: WorkflowActivateMode = 'init'): Promise<boolean> {
		return await this.call('checkExists', start);
	}

	private async call(hook: Hook, given?: WorkflowActivateMode): Promise<boolean> {
		const activation = given ?? (hook === 'delete' ? 'update' : this.isTest ? 'manual' : 'activate');
		return await this.host.load(this.isTest).hook(hook, activation);
	}
}

/** The webhook at the site is as it should be: publishing again finds nothing to change. */
export async function expectUpToDate({ site, host }: Scene, hooks: Hooks = host.production): Promise<void> {
	const calls = site.apiCalls.length;
	await hooks.publish();
	const made = site.apiCalls.slice(calls).map(({ method }) => method);
	expect(new Set(made)).toEqual(new Set(['GET']));
}
