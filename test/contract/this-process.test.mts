import { describe, expect, it } from 'vitest';

import { thisProcess } from '../../nodes/CxoneExpert/n8n/this-process.ts';
import { inExecution } from '../support/contract/execute-context.mts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

interface Core {
	InstanceSettings: { name: string };
}

interface Di {
	Container: { get(type: unknown): { instanceType: string } };
}

/** For Webhook: Check Health, whose figures are those of one process. */
describe.each(versions)('the process of a node in n8n %s', (version) => {
	it.each(['main', 'webhook', 'worker'] as const)(
		`n8n ${version} tells a node that its process is a %s`,
		async (instanceType) => {
			const services = { InstanceSettings: { instanceType } };
			expect(await inExecution(n8nCode(version), services, thisProcess)).toBe(instanceType);
		},
	);

	it(`n8n ${version} has these settings, and is a main process unless started otherwise`, () => {
		const n8n = n8nCode(version);
		const { InstanceSettings } = n8n.package<Core>('n8n-core');
		const { Container } = n8n.package<Di>('@n8n/di');
		expect(InstanceSettings.name).toBe('InstanceSettings');
		expect(Container.get(InstanceSettings).instanceType).toBe('main');
	});
});
