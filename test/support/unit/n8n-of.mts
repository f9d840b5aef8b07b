import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { vi } from 'vitest';

/** What a test varies of a trigger node and its n8n. */
interface Varied {
	id?: string;
	staticData?: Record<string, unknown>;
	headers?: Record<string, unknown>;
	/** n8n's log. */
	warn?: (line: string) => void;
}

/** n8n's context for a new trigger node, unaffected by what other tests left in memory. */
export function n8nOf({ id = randomUUID(), staticData = {}, headers = {}, warn }: Varied = {}) {
	return {
		getMode: () => 'webhook',
		getNode: () => ({ id, name: 'Trigger' }),
		getWorkflow: () => ({ id: 'w' }),
		getWorkflowStaticData: (kind: string) => (kind === 'global' ? staticData : {}),
		getHeaderData: () => headers,
		helpers: { returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })) },
		logger: { info: vi.fn(), error: vi.fn(), warn: warn ?? vi.fn() },
	} as unknown as IWebhookFunctions & IExecuteFunctions;
}
