import { describe, expect, it, vi } from 'vitest';

import { itemsToSave } from '../../../nodes/CxoneExpert/n8n/webhook-response.ts';

describe('itemsToSave', () => {
	it('itemsToSave calls back when n8n reads the response, not before', () => {
		const onExecutionSaved = vi.fn();
		const items = [{ json: { eventId: '1' } }];
		const returned = itemsToSave(items, onExecutionSaved);
		expect(returned.workflowData).toEqual([items]);
		expect(onExecutionSaved).not.toHaveBeenCalled();
		expect(returned.webhookResponse).toBe('');
		expect(onExecutionSaved).toHaveBeenCalledOnce();
	});
});
