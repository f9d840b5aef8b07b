import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { confirm, EmittedDelivery, write } from '../../../support/unit/emitted-delivery.mts';
import { closeServers, statusOf } from '../../../support/unit/raw-exchange.mts';

let scene: EmittedDelivery;
beforeEach(() => {
	scene = new EmittedDelivery();
});
afterEach(closeServers);

describe('emit', () => {
	it('a delivery acknowledged immediately gets 200 before n8n has done anything', async () => {
		const begun = await scene.begin({ acknowledge: 'immediately' });
		expect(statusOf(await begun.text)).toBe(200);
		expect(begun.returned).toEqual({
			noWebhookResponse: true,
			workflowData: [[{ json: expect.objectContaining({ deliveryId: 'd-1' }) as unknown }]],
		});
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
	});

	it('a delivery acknowledged immediately is left to n8n when 503 has gone out already', async () => {
		const begun = await scene.begin({ acknowledge: 'immediately', late: true });
		expect(statusOf(await begun.text)).toBe(503);
		expect(begun.returned).not.toHaveProperty('noWebhookResponse');
		expect(scene.storeRecord).not.toHaveBeenCalled();
		expect(scene.copy()).toBe('in progress');
		write(begun);
		confirm(begun);
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
	});

	it('a delivery acknowledged when saved is given to n8n with a response to ask for', async () => {
		const begun = await scene.begin();
		expect(begun.returned).toMatchObject({ workflowData: [[{ json: { deliveryId: 'd-1' } }]] });
		expect(begun.returned).toHaveProperty('webhookResponse', '');
		expect(begun.n8n.headersSent).toBe(false);
		begun.n8n.end();
		expect(statusOf(await begun.text)).toBe(200);
	});
});
