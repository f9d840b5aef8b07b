import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { credentialKey, nodeKey } from '../../../nodes/CxoneExpert/shared/node-key.ts';

describe('nodeKey and credentialKey', () => {
	const node = (workflow: string, id: string, credential?: string) =>
		({
			getWorkflow: () => ({ id: workflow }),
			getNode: () => ({
				id,
				...(credential && { credentials: { cxoneExpertApi: { id: credential } } }),
			}),
		}) as unknown as IExecuteFunctions;

	it('keys differ by workflow, node, credential and detail', () => {
		const keys = [
			nodeKey(node('w', 'n')),
			nodeKey(node('w', 'm')),
			nodeKey(node('v', 'n')),
			nodeKey(node('w:n', '')),
			credentialKey(node('w', 'n')),
			credentialKey(node('w', 'n', '1')),
			credentialKey(node('w', 'n', '2')),
			credentialKey(node('w', 'n', '2'), 'https://n8n.example.com'),
		];
		expect(new Set(keys).size).toBe(keys.length);
		expect(nodeKey(node('w', 'n', '1'))).toBe(nodeKey(node('w', 'n', '2')));
	});
});
